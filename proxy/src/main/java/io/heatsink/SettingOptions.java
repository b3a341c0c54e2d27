package io.heatsink;

import io.heatsink.config.Setting;
import io.heatsink.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Gives a command one option for each setting of the table. */
public final class SettingOptions implements IModelTransformer {

  @Override
  public CommandSpec transform(CommandSpec command) {
    for (Setting<?> setting : Settings.all()) {
      if (!setting.options().isEmpty()) {
        command.addOption(option(setting));
      }
    }
    return command;
  }

  /** The texts that were given, by dotted key; they are not checked yet. */
  static Map<String, String> given(ParseResult parsed) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Setting<?> setting : Settings.all()) {
      for (String name : setting.options()) {
        if (parsed.hasMatchedOption(name)) {
          texts.put(setting.key(), parsed.matchedOptionValue(name, ""));
        }
      }
    }
    return texts;
  }

  private static OptionSpec option(Setting<?> setting) {
    String text = setting.doc() + " Allowed: " + setting.allowed() + ".";
    if (setting.defaultText() != null) {
      text += " Default: " + setting.defaultText() + ".";
    }
    return OptionSpec.builder(setting.options().toArray(new String[0]))
        .type(String.class)
        .paramLabel("<" + setting.unit().replace(' ', '-') + ">")
        .description(text.replace("%", "%%"))
        .build();
  }
}
