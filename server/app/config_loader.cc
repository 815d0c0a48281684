// SPDX-License-Identifier: Apache-2.0
#include "server/app/config_loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/app/config_file.h"
#include "server/app/nearest.h"
#include "server/app/quote.h"

namespace cardata {
namespace {

constexpr size_t kMostErrors = 20;

std::string Path(const Section& section, const Setting& setting) {
  return absl::StrCat(section.name, ".", setting.key);
}

std::string ErrnoText() { return std::generic_category().message(errno); }

}  // namespace

void ConfigLoader::TakeFile(const std::string& path) {
  struct stat info;
  std::ifstream file;
  errno = 0;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    AddError(absl::StrCat("--config: ", path, " is not a file"));
  } else if (file.open(path, std::ios::binary); !file) {
    AddError(absl::StrCat("--config: cannot read ", path, ": ", ErrnoText()));
  } else {
    std::ostringstream content;
    content << file.rdbuf();
    TakeText(content.str(), path);
  }
}

void ConfigLoader::TakeText(absl::string_view text, const std::string& name) {
  const absl::StatusOr<std::vector<ConfigEntry>> entries = ParseConfigFile(text);
  if (!entries.ok()) {
    AddError(absl::StrCat(name, ", ", entries.status().message()));
    return;
  }
  for (const ConfigEntry& entry : *entries) {
    const std::string where = absl::StrCat(name, ", line ", entry.line);
    const auto section = std::find_if(sections_.begin(), sections_.end(), [&](const Section& each) {
      return each.name == entry.section;
    });
    if (section == sections_.end()) {
      // What stands below an unknown section is not said to be unknown, too.
      if (entry.key.empty()) RefuseUnknown(where, entry.section, "");
      continue;
    }
    if (entry.key.empty()) {
      if (entry.value)
        AddError(absl::StrCat(where, ": ", entry.section, " must be a map of settings"));
      continue;
    }
    const auto setting = std::find_if(section->settings.begin(), section->settings.end(),
                                      [&](const Setting& each) { return each.key == entry.key; });
    if (setting == section->settings.end()) {
      RefuseUnknown(where, entry.section, entry.key);
    } else if (entry.value) {
      Set(*section, *setting, *entry.value, where);
    }
  }
}

void ConfigLoader::TakeEnvironment(const std::function<std::string(const std::string&)>& value_of) {
  // A secret: no setting, or it would stand on a command line, in a file or in --print-config.
  config_.token_keys.key = value_of("CARDATA_TOKEN_KEY");
  for (const Section& section : sections_) {
    for (const Setting& setting : section.settings) {
      const std::string text = value_of(setting.Variable());
      if (!text.empty()) Set(section, setting, text, setting.Variable());
    }
  }
}

void ConfigLoader::TakeFlags(const std::map<std::string, std::string>& flags) {
  for (const Section& section : sections_) {
    for (const Setting& setting : section.settings) {
      const auto flag = flags.find(setting.flag);
      if (flag != flags.end()) Set(section, setting, flag->second, "the command line");
    }
  }
}

void ConfigLoader::CheckWhole() {
  for (const Conflict& conflict : Conflicts(config_)) {
    for (const Section& section : sections_) {
      for (const Setting& setting : section.settings) {
        if (section.name == conflict.section && setting.key == conflict.key)
          Refuse(section, setting, conflict.what);
      }
    }
  }
}

void ConfigLoader::CheckFiles() {
  for (const Section& section : sections_) {
    for (const Setting& setting : section.settings) {
      const std::string path = setting.value.is_file ? setting.value.get() : "";
      if (!path.empty() && access(path.c_str(), R_OK) != 0)
        Refuse(section, setting, absl::StrCat("cannot read ", path, ": ", ErrnoText()));
    }
  }
}

absl::Status ConfigLoader::status() const {
  if (errors_.empty()) return absl::OkStatus();
  std::string text = absl::StrJoin(errors_, "\n");
  if (more_errors_ > 0) absl::StrAppend(&text, "\n", more_errors_, " more of the kind");
  return absl::InvalidArgumentError(text);
}

void ConfigLoader::AddError(std::string error) {
  if (errors_.size() < kMostErrors)
    errors_.push_back(std::move(error));
  else
    ++more_errors_;
}

void ConfigLoader::Set(const Section& section, const Setting& setting, const std::string& text,
                       std::string origin) {
  origins_[&setting] = std::move(origin);
  if (!setting.value.set(text)) {
    Refuse(section, setting,
           absl::StrCat("must be ", setting.value.allowed, ", not ", Quote(text)));
  }
}

void ConfigLoader::RefuseUnknown(const std::string& where, const std::string& section,
                                 const std::string& key) {
  if (errors_.size() == kMostErrors) return AddError("");  // without looking for what is meant
  std::vector<std::string> names;
  std::map<std::string, std::string> meant;  // what to write, by what the word resembles
  for (const Section& each : sections_) {
    if (key.empty()) meant.emplace(each.name, each.name);
    for (const Setting& setting : each.settings) {
      const std::string path = Path(each, setting);
      if (key.empty() || each.name == section) meant[setting.key] = path;
      meant.emplace(setting.key, path);
      meant.emplace(path, path);
    }
  }
  for (const auto& [name, path] : meant) names.push_back(name);
  const std::string word = key.empty() ? section : key;
  const std::string nearest = Nearest(word, names);
  AddError(
      absl::StrCat(where, ": there is no ", key.empty() ? "section " : "setting ",
                   Shorten(key.empty() ? section : absl::StrCat(section, ".", key)),
                   nearest.empty() ? "" : absl::StrCat("; did you mean ", meant.at(nearest), "?")));
}

void ConfigLoader::Refuse(const Section& section, const Setting& setting, absl::string_view what) {
  const auto origin = origins_.find(&setting);
  AddError(absl::StrCat(origin == origins_.end() ? "" : absl::StrCat(origin->second, ": "),
                        Path(section, setting), " (", setting.flag, ") ", what));
}

}  // namespace cardata
