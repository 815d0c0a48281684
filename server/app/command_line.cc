// SPDX-License-Identifier: Apache-2.0
#include "server/app/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/app/config_loader.h"
#include "server/app/nearest.h"
#include "server/app/print_config.h"
#include "server/app/settings.h"
#include "server/base/status_macros.h"
#include "server/version.h"

namespace cardata {
namespace {

constexpr char kUsage[] = "Run cardata-gateway --help for what can be set.";

std::string NonEmptyVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// What stood on the command line, by flag; values as they were written.
struct Flags {
  std::map<std::string, std::string> settings;
  std::string config_file;
  bool check = false;
  bool print = false;
  std::string print_and_exit;
};

absl::Status UnknownFlags(const std::vector<std::string>& extras, const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) known.push_back(option->get_name());
  std::vector<std::string> errors;
  for (const std::string& extra : extras) {
    const std::string flag = extra.substr(0, extra.find('='));
    const std::string meant = Nearest(flag, known);
    errors.push_back(
        absl::StrCat(flag, ": there is no such flag",
                     meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
  }
  return absl::InvalidArgumentError(absl::StrCat(absl::StrJoin(errors, "\n"), "\n", kUsage));
}

absl::StatusOr<Flags> ParseFlags(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app(
      "A gRPC gateway to BMW CarData: one stream connection, one quota and one set of tokens an "
      "account, for any number of services.\n"
      "Each setting comes from its flag, else from its environment variable, else from the file, "
      "else it has its default.",
      "cardata-gateway");
  app.allow_extras();
  app.set_version_flag("--version", std::string("cardata-gateway ") + kVersion);
  app.add_option("--config", flags.config_file, "YAML file of settings  $CARDATA_CONFIG");
  app.add_flag("--check-config", flags.check,
               "Say whether the configuration is good, and end; opens nothing but the file");
  app.add_flag("--print-config", flags.print,
               "Print the configuration that results, as a commented file, and end");
  Config defaults;
  for (const Section& section : Settings(defaults)) {
    for (const Setting& setting : section.settings) {
      const std::string help = absl::StrCat(setting.help, " (", setting.value.allowed, ") [",
                                            setting.value.get(), "]  $", setting.Variable());
      std::string& text = flags.settings[setting.flag];
      CLI::Option* option = setting.value.is_switch ? app.add_flag(setting.flag, text, help)
                                                    : app.add_option(setting.flag, text, help);
      option->group(section.name);
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    std::ostringstream out;
    app.exit(success, out, out);
    flags.print_and_exit = out.str();
    return flags;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(absl::StrCat(error.what(), "\n", kUsage));
  }
  if (app.remaining_size() > 0) return UnknownFlags(app.remaining(), app);
  for (auto it = flags.settings.begin(); it != flags.settings.end();)
    it = app.count(it->first) == 0 ? flags.settings.erase(it) : std::next(it);
  return flags;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  ASSIGN_OR_RETURN(Flags flags, ParseFlags(argc, argv));
  CommandLine line;
  line.print_and_exit = std::move(flags.print_and_exit);
  if (!line.print_and_exit.empty()) return line;

  ConfigLoader loader;
  if (flags.config_file.empty()) flags.config_file = NonEmptyVariable("CARDATA_CONFIG");
  if (!flags.config_file.empty()) loader.TakeFile(flags.config_file);
  loader.TakeEnvironment(NonEmptyVariable);
  loader.TakeFlags(flags.settings);
  if (!flags.print) loader.CheckWhole();
  if (!flags.print && !flags.check) loader.CheckFiles();
  RETURN_IF_ERROR(loader.status());
  line.config = loader.config();
  if (flags.check) line.print_and_exit = "The configuration is good.\n";
  if (flags.print) line.print_and_exit = PrintConfig(line.config);
  return line;
}

}  // namespace cardata
