package io.heatsink.admin;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Pages besides those of the admin server itself. Called on its thread, so it may block briefly.
 */
public interface AdminSite {

  /** No page at all. */
  AdminSite NONE = query -> null;

  /**
   * What is asked for.
   *
   * @param path without the query
   * @param parameters what follows the question mark, as it came; empty if nothing does
   * @param header its value by its name; empty where it was not sent
   */
  record Query(
      String method, String path, String parameters, UnaryOperator<String> header, String body) {}

  /**
   * What is answered.
   *
   * @param headers besides those that every answer has
   */
  record Page(int status, String type, String body, Map<String, String> headers) {}

  /** Answers, or null where it has no such page. */
  @Nullable Page answer(Query query);
}
