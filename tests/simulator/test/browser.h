// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace cardata::sim {

// A real headless Chromium, driven through chromedriver (WebDriver over HTTP).
class Browser {
 public:
  // Whether Debian's chromium and chromium-driver are installed.
  static bool Installed();

  Browser();
  ~Browser();

  void Open(const std::string& url);
  void Type(const std::string& css_selector, const std::string& text);
  // The page that follows may come a little later.
  void Click(const std::string& css_selector);
  // Waits until an element shows this text.
  void WaitForText(const std::string& css_selector, const std::string& text);

 private:
  // WebDriver's answer; what it refuses fails the test, unless `may_fail`.
  nlohmann::json Call(const std::string& method, const std::string& path,
                      const nlohmann::json& body = nullptr, bool may_fail = false);
  std::string Find(const std::string& css_selector);
  std::string TextNow(const std::string& css_selector);

  TempDir directory_;
  std::string url_;
  std::unique_ptr<Process> driver_;
};

}  // namespace cardata::sim
