// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/app/config.h"
#include "server/app/settings.h"

namespace cardata {

// Gathers a configuration from its sources, and everything that is wrong with them. What is taken
// later wins.
class ConfigLoader {
 public:
  ConfigLoader() = default;
  ConfigLoader(const ConfigLoader&) = delete;
  ConfigLoader& operator=(const ConfigLoader&) = delete;

  void TakeFile(const std::string& path);
  // The file's content; `name` is how errors call it.
  void TakeText(absl::string_view text, const std::string& name);
  // `value_of` gives a variable's value; an empty one counts as not set.
  void TakeEnvironment(const std::function<std::string(const std::string& variable)>& value_of);
  // By flag: "--listen".
  void TakeFlags(const std::map<std::string, std::string>& flags);

  // What is needed is there, and nothing contradicts anything else.
  void CheckWhole();
  // Files can be read.
  void CheckFiles();

  const Config& config() const { return config_; }
  // INVALID_ARGUMENT with a line for each thing that is wrong, for the first twenty of them.
  absl::Status status() const;

 private:
  void Set(const Section& section, const Setting& setting, const std::string& text,
           std::string origin);
  void RefuseUnknown(const std::string& where, const std::string& section, const std::string& key);
  void Refuse(const Section& section, const Setting& setting, absl::string_view what);
  void AddError(std::string error);

  Config config_;
  const std::vector<Section> sections_ = Settings(config_);
  std::map<const Setting*, std::string> origins_;  // of what is no longer the default
  std::vector<std::string> errors_;
  int more_errors_ = 0;  // that are not in errors_
};

}  // namespace cardata
