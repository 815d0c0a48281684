// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/web_client.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

size_t TakeBody(char* data, size_t, size_t size, void* answer) {
  static_cast<WebAnswer*>(answer)->body.append(data, size);
  return size;
}

size_t TakeHeader(char* data, size_t, size_t size, void* answer) {
  const std::vector<std::string> halves =
      absl::StrSplit(absl::string_view(data, size), absl::MaxSplits(": ", 1));
  if (halves.size() == 2) {
    static_cast<WebAnswer*>(answer)->headers[absl::AsciiStrToLower(halves[0])] =
        std::string(absl::StripAsciiWhitespace(halves[1]));
  }
  return size;
}

}  // namespace

WebAnswer Fetch(const std::string& method, const std::string& url, const std::string& ca_file,
                const std::vector<std::string>& headers, const std::string& body) {
  WebAnswer answer;
  const std::unique_ptr<CURL, FreeHandle> curl(curl_easy_init());
  curl_slist* list = nullptr;
  for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  if (!ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_file.c_str());
  if (!body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer);
  if (curl_easy_perform(curl.get()) == CURLE_OK) {
    long status = 0;
    long version = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl.get(), CURLINFO_HTTP_VERSION, &version);
    answer.status = static_cast<int>(status);
    answer.http_version = version == CURL_HTTP_VERSION_2_0 ? "2" : "1.1";
  }
  curl_slist_free_all(list);
  return answer;
}

std::string EncodeForm(const std::vector<std::pair<std::string, std::string>>& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    char* escaped = curl_easy_escape(nullptr, value.c_str(), static_cast<int>(value.size()));
    absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", escaped);
    curl_free(escaped);
  }
  return text;
}

}  // namespace cardata::sim
