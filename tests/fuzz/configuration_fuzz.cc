// SPDX-License-Identifier: Apache-2.0
//
// The configuration: a file, and variables of the environment. The input is the file; before a line
// "===" there may be variables, one a line: CARDATA_LISTEN=[::1]:9610
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/app/config_file.h"
#include "server/app/config_loader.h"
#include "server/app/print_config.h"
#include "server/base/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace cardata {
namespace {

constexpr size_t kLongestError = 1000;
constexpr size_t kMostErrors = 100;

std::map<std::string, std::string> TakeVariables(absl::string_view& input) {
  constexpr absl::string_view kEnd = "\n===\n";
  std::map<std::string, std::string> variables;
  const size_t end = input.find(kEnd);
  if (end == absl::string_view::npos) return variables;
  for (const absl::string_view line : absl::StrSplit(input.substr(0, end), '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    // Neither can be in an environment.
    variables.emplace(parts.first, parts.second.substr(0, parts.second.find('\0')));
  }
  input.remove_prefix(end + kEnd.size());
  return variables;
}

void CheckErrors(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status), "a wrong configuration is INVALID_ARGUMENT",
          status.ToString());
  const std::vector<absl::string_view> errors = absl::StrSplit(status.message(), '\n');
  Require(errors.size() <= kMostErrors, "there are not more errors than people read");
  for (const absl::string_view error : errors) RequirePresentable(error, kLongestError);
}

void CheckFileErrors(const absl::Status& status) {
  CheckErrors(status);
  Require(absl::StartsWith(status.message(), "line "), "an error names the line", status.message());
}

void CheckPrintsToTheSame(const Config& config) {
  const std::string printed = PrintConfig(config);
  ConfigLoader again;
  again.TakeText(printed, "printed");
  Require(again.status().ok(), "what is printed can be read", again.status().ToString());
  Require(PrintConfig(again.config()) == printed, "what is printed gives the same configuration",
          printed);
}

}  // namespace
}  // namespace cardata

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cardata;
  absl::string_view file(reinterpret_cast<const char*>(data), size);
  const std::map<std::string, std::string> variables = TakeVariables(file);

  const auto entries = ParseConfigFile(file);
  if (!entries.ok()) CheckFileErrors(entries.status());

  ConfigLoader loader;
  loader.TakeText(file, "gateway.yaml");
  loader.TakeEnvironment([&](const std::string& name) {
    const auto found = variables.find(name);
    return found != variables.end() ? found->second : "";
  });
  Require(entries.ok() || !loader.status().ok(), "a file that cannot be read is an error");
  if (loader.status().ok()) CheckPrintsToTheSame(loader.config());
  loader.CheckWhole();
  if (!loader.status().ok()) CheckErrors(loader.status());
  return 0;
}
