package io.heatsink.admin;

import java.util.List;
import java.util.function.Supplier;

/**
 * What the admin server shows. Each supplier is called on the admin server's own thread for each
 * request, so it may block briefly, but must be safe beside the lanes.
 *
 * @param metrics the Prometheus text format, version 0.0.4
 * @param hotKeys the keys that are hot, in any order
 * @param readiness whether traffic should be sent here
 * @param site all other pages
 */
public record AdminPages(
    Supplier<String> metrics,
    Supplier<List<HotKey>> hotKeys,
    Supplier<Readiness> readiness,
    AdminSite site) {}
