// SPDX-License-Identifier: Apache-2.0
#include "server/app/command_line.h"

#include <cstdlib>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/app/config_loader.h"
#include "server/app/nearest.h"
#include "server/app/print_config.h"
#include "server/app/settings.h"
#include "server/base/status_macros.h"
#include "server/version.h"

namespace cardata {
namespace {

constexpr char kUsage[] =
    "Usage: cardata-gateway [FLAG[=VALUE]]...\n"
    "\n"
    "A gRPC gateway to BMW CarData: one stream connection, one quota and one set of tokens an\n"
    "account, for any number of services.\n"
    "\n"
    "  --config=FILE\n"
    "      YAML file of settings\n"
    "      CARDATA_CONFIG\n"
    "  --check-config\n"
    "      Say whether the configuration is good, and end; opens nothing but the file\n"
    "  --print-config\n"
    "      Print the configuration that results, as a commented file, and end\n"
    "  --backup=FILE\n"
    "      Copy the store into a new file, also while a gateway runs on it, and end; -: to "
    "standard\n"
    "      output\n"
    "  --restore=FILE\n"
    "      Make the store from such a copy, where none is, and end; -: from standard input\n"
    "  --help\n"
    "  --version\n"
    "\n"
    "Each setting comes from its flag, else from its environment variable, else from the file, "
    "else\n"
    "it has its default.\n";

std::string NonEmptyVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

std::string Help(const std::vector<Section>& sections) {
  std::string text = kUsage;
  for (const Section& section : sections) {
    absl::StrAppend(&text, "\n", section.name, ": ", section.help, "\n");
    for (const Setting& setting : section.settings) {
      absl::StrAppend(&text, "  ", setting.flag, "\n      ", setting.help,
                      "\n      It may be: ", setting.value.allowed,
                      ". Default: ", setting.value.get(), "\n      ", setting.Variable(), ", ",
                      section.name, ".", setting.key, "\n");
    }
  }
  return text;
}

// What stands on the command line, by flag; of a switch without a value: "true".
absl::StatusOr<std::map<std::string, std::string>> ParseFlags(
    const std::vector<std::string>& arguments, const std::map<std::string, bool>& is_switch) {
  std::map<std::string, std::string> flags;
  const auto error = [](const std::string& flag, absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": ", what, "\nRun cardata-gateway --help for what can be set."));
  };
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const size_t equals = argument.find('=');
    const std::string flag = argument == "-h" ? "--help" : argument.substr(0, equals);
    const auto known = is_switch.find(flag);
    if (known == is_switch.end()) {
      if (!absl::StartsWith(argument, "-")) return error(argument, "is no flag");
      std::vector<std::string> names;
      for (const auto& [name, unused] : is_switch) names.push_back(name);
      const std::string meant = Nearest(flag, names);
      return error(flag,
                   absl::StrCat("there is no such flag",
                                meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
    }
    std::string value = "true";
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (!known->second) {
      if (i + 1 == arguments.size()) return error(flag, "needs a value");
      value = arguments[++i];
    }
    if (!flags.emplace(flag, std::move(value)).second) return error(flag, "is there twice");
  }
  return flags;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  const std::vector<Section> sections = Settings(line.config);
  std::map<std::string, bool> is_switch = {
      {"--config", false},  {"--check-config", true}, {"--print-config", true}, {"--backup", false},
      {"--restore", false}, {"--help", true},         {"--version", true}};
  for (const Section& section : sections)
    for (const Setting& setting : section.settings)
      is_switch[setting.flag] = setting.value.is_switch;
  ASSIGN_OR_RETURN(auto flags, ParseFlags({argv + 1, argv + argc}, is_switch));
  if (flags.count("--help") > 0) line.print_and_exit = Help(sections);
  if (flags.count("--version") > 0)
    line.print_and_exit = absl::StrCat("cardata-gateway ", kVersion, "\n");
  if (!line.print_and_exit.empty()) return line;

  const bool print = flags.count("--print-config") > 0;
  const bool check = flags.count("--check-config") > 0;
  const std::string file =
      flags.count("--config") > 0 ? flags.at("--config") : NonEmptyVariable("CARDATA_CONFIG");
  ConfigLoader loader;
  if (!file.empty()) loader.TakeFile(file);
  loader.TakeEnvironment(NonEmptyVariable);
  loader.TakeFlags(flags);
  if (flags.count("--backup") > 0) line.backup_to = flags.at("--backup");
  if (flags.count("--restore") > 0) line.restore_from = flags.at("--restore");
  const bool copy = !line.backup_to.empty() || !line.restore_from.empty();
  if (!print && !copy) loader.CheckWhole();
  if (!print && !check && !copy) loader.CheckFiles();
  RETURN_IF_ERROR(loader.status());
  line.config = loader.config();
  if (check) line.print_and_exit = "The configuration is good.\n";
  if (print) line.print_and_exit = PrintConfig(line.config);
  return line;
}

}  // namespace cardata
