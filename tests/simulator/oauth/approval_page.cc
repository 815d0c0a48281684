// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/approval_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

constexpr char kStyle[] =
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em;"
    "color:#222}h1{font-size:1.4em}input,button{font:inherit;padding:.5em 1em;margin:.5em .5em "
    ".5em 0}input{letter-spacing:.15em;width:10em}small{color:#666}";

std::string Escape(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

WebResponse Page(int status, const std::string& title, const std::string& content) {
  WebResponse page = HtmlResponse(
      status, absl::StrCat("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width\"><title>",
                           title, "</title><style>", kStyle, "</style></head><body><h1>", title,
                           "</h1>", content,
                           "<p><small>cardata-sim, a simulator. Not affiliated with BMW."
                           "</small></p></body></html>"));
  page.headers.emplace_back("Cache-Control", "no-store");
  page.headers.emplace_back("Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  return page;
}

WebResponse AskForCode(int status, const std::string& message, const std::string& code) {
  return Page(status, "Link a device",
              absl::StrCat("<p id=\"message\">", message,
                           "</p><form method=\"post\"><label for=\"user_code\">Code</label> "
                           "<input id=\"user_code\" name=\"user_code\" autocomplete=\"off\" "
                           "autofocus required value=\"",
                           Escape(code), "\"><button id=\"next\">Next</button></form>"));
}

WebResponse AskForConsent(const DeviceGrant& grant, const std::string& account) {
  std::string scopes;
  for (absl::string_view scope : absl::StrSplit(grant.scope, ' ')) {
    absl::StrAppend(&scopes, "<li>", Escape(std::string(scope)), "</li>");
  }
  return Page(200, "Allow access?",
              absl::StrCat("<p id=\"message\">Client <code>", Escape(grant.client_id),
                           "</code> asks account <b id=\"account\">", Escape(account),
                           "</b> for:</p><ul>", scopes,
                           "</ul><form method=\"post\"><input type=\"hidden\" name=\"user_code\" "
                           "value=\"",
                           Escape(grant.user_code),
                           "\"><button id=\"approve\" name=\"decision\" value=\"approve\">Allow"
                           "</button><button id=\"deny\" name=\"decision\" value=\"deny\">Deny"
                           "</button></form>"));
}

}  // namespace

WebResponse ApprovalPage(const WebRequest& request, const World& world, DeviceCodes& codes) {
  constexpr char kTypeIt[] = "Type the code that your device shows. Upper and lower case count.";
  if (request.method == "GET" || request.method == "HEAD") {
    return AskForCode(200, kTypeIt, request.Query("user_code"));
  }
  if (request.method != "POST") {
    WebResponse refused = TextResponse(405, "Method Not Allowed");
    refused.headers.emplace_back("Allow", "GET, POST");
    return refused;
  }
  const Parameters form = ParseForm(request.body);
  const std::string* typed = Find(form, "user_code");
  const std::string code(typed == nullptr ? "" : absl::StripAsciiWhitespace(*typed));
  const auto grant = codes.FindByUserCode(code);
  const auto account = grant.has_value() ? world.FindByClientId(grant->client_id) : nullptr;
  if (account == nullptr) return AskForCode(400, "There is no such code.", code);
  const std::string* decision = Find(form, "decision");
  if (decision == nullptr && grant->state == DeviceGrant::State::kPending) {
    return AskForConsent(*grant, account->name);
  }
  const bool known = decision != nullptr && (*decision == "approve" || *decision == "deny");
  if (!known || !codes.Decide(code, *decision == "approve")) {
    return AskForCode(400, "This code has expired or was used already.", code);
  }
  return *decision == "approve"
             ? Page(200, "Linked",
                    "<p id=\"message\">The device is linked. You can close this page.</p>")
             : Page(200, "Denied", "<p id=\"message\">The device gets no access.</p>");
}

}  // namespace cardata::sim
