// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/browser.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/simulator/test/web_client.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr char kChromium[] = "/usr/bin/chromium";
constexpr char kDriver[] = "/usr/bin/chromedriver";
constexpr char kElement[] = "element-6066-11e4-a52e-4f735466cecf";  // of the WebDriver standard

}  // namespace

bool Browser::Installed() { return access(kChromium, X_OK) == 0 && access(kDriver, X_OK) == 0; }

Browser::Browser() {
  const int port = FreePort();
  url_ = absl::StrCat("http://127.0.0.1:", port);
  driver_ =
      std::make_unique<Process>(std::vector<std::string>{kDriver, absl::StrCat("--port=", port)},
                                directory_.path() + "/chromedriver.log");
  const absl::Status ready = driver_->WaitFor(
      "chromedriver", [&] { return Fetch("GET", url_ + "/status", "").status == 200; });
  EXPECT_TRUE(ready.ok()) << ready;
  const json options = {
      {"binary", kChromium},
      {"args",
       {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--no-proxy-server",
        "--user-data-dir=" + directory_.path() + "/profile"}}};
  const json session =
      Call("POST", "/session",
           {{"capabilities",
             {{"alwaysMatch", {{"acceptInsecureCerts", true}, {"goog:chromeOptions", options}}}}}});
  url_ = absl::StrCat(url_, "/session/", session.value("sessionId", "none"));
}

Browser::~Browser() { Call("DELETE", ""); }

void Browser::Open(const std::string& url) { Call("POST", "/url", {{"url", url}}); }

void Browser::Type(const std::string& css_selector, const std::string& text) {
  Call("POST", absl::StrCat("/element/", Find(css_selector), "/value"), {{"text", text}});
}

void Browser::Click(const std::string& css_selector) {
  Call("POST", absl::StrCat("/element/", Find(css_selector), "/click"), json::object());
}

void Browser::WaitForText(const std::string& css_selector, const std::string& text) {
  const absl::Status shown =
      driver_->WaitFor(text, [&] { return absl::StrContains(TextNow(css_selector), text); });
  EXPECT_TRUE(shown.ok()) << css_selector << " shows no " << text;
}

// While one page gives way to the next, its elements may be gone.
std::string Browser::TextNow(const std::string& css_selector) {
  const json element =
      Call("POST", "/element", {{"using", "css selector"}, {"value", css_selector}}, true);
  if (!element.is_object() || !element.contains(kElement)) return "";
  const json text =
      Call("GET", absl::StrCat("/element/", element.at(kElement).get<std::string>(), "/text"),
           nullptr, true);
  return text.is_string() ? text.get<std::string>() : "";
}

json Browser::Call(const std::string& method, const std::string& path, const json& body,
                   bool may_fail) {
  const WebAnswer answer = Fetch(method, url_ + path, "", {"Content-Type: application/json"},
                                 body.is_null() ? "" : body.dump());
  EXPECT_TRUE(may_fail || answer.status == 200) << method << " " << path << " " << answer.body;
  const json result = answer.json();
  return result.is_object() ? result.value("value", json()) : json();
}

std::string Browser::Find(const std::string& css_selector) {
  const json element =
      Call("POST", "/element", {{"using", "css selector"}, {"value", css_selector}});
  return element.is_object() ? element.value(kElement, "none") : "none";
}

}  // namespace cardata::sim
