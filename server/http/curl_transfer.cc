// SPDX-License-Identifier: Apache-2.0
#include "server/http/curl_transfer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cardata::curl_internal {
namespace {

constexpr unsigned kUnacknowledgedMs = 20'000;
constexpr long kKeepAliveSeconds = 30;

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string UrlPart(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool HasLineBreak(absl::string_view text) {
  return text.find_first_of(absl::string_view("\r\n\0", 3)) != absl::string_view::npos;
}

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (size > transfer.max_bytes - transfer.response.body.size()) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.header_bytes += size;
  if (transfer.header_bytes > transfer.max_bytes) {
    transfer.too_large = true;
    return 0;
  }
  const absl::string_view line = absl::StripAsciiWhitespace(absl::string_view(data, size));
  const size_t colon = line.find(':');
  if (absl::StartsWith(line, "HTTP/")) {
    transfer.response.headers.clear();  // what came before belongs to an interim answer (1xx)
  } else if (colon != absl::string_view::npos) {
    transfer.response.headers.emplace_back(
        absl::AsciiStrToLower(line.substr(0, colon)),
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
  }
  return size;
}

int OnSocket(void*, curl_socket_t socket, curlsocktype) {
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof kUnacknowledgedMs);
  return CURL_SOCKOPT_OK;
}

}  // namespace

absl::Status Transfer::ParseUrl(bool allow_http) {
  std::unique_ptr<CURLU, UrlCleanup> url(curl_url());
  if (HasLineBreak(request.url) ||
      curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
    return absl::InvalidArgumentError("the URL is malformed");
  host = absl::StrCat(UrlPart(url.get(), CURLUPART_HOST), ":", UrlPart(url.get(), CURLUPART_PORT));
  const std::string scheme = UrlPart(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && !(allow_http && scheme == "http"))
    return absl::InvalidArgumentError(
        absl::StrCat("the URL of ", host, " does not begin with https://"));
  return absl::OkStatus();
}

absl::Status Transfer::AddHeaders() {
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request.headers) {
    if (HasLineBreak(name) || HasLineBreak(value)) {
      curl_slist_free_all(list);
      return absl::InvalidArgumentError(absl::StrCat("a header to ", host, " holds a line break"));
    }
    // curl's way to send a header without a value is a semicolon.
    list = curl_slist_append(list, value.empty() ? absl::StrCat(name, ";").c_str()
                                                 : absl::StrCat(name, ": ", value).c_str());
  }
  headers.reset(list);
  return absl::OkStatus();
}

absl::Status Transfer::Prepare(const CurlHttpOptions& options) {
  if (absl::Status status = ParseUrl(options.allow_http); !status.ok()) return status;
  if (absl::Status status = AddHeaders(); !status.ok()) return status;
  if (HasLineBreak(request.method) || request.method.empty())
    return absl::InvalidArgumentError("the HTTP method is malformed");
  easy.reset(curl_easy_init());
  CURL* const curl = easy.get();
  max_bytes = options.max_body_bytes;

  curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, options.allow_http ? "https,http" : "https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "cardata-gateway");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                   long{options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options.connect_timeout)));
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, &OnSocket);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method == "POST" || !request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    // On a connection that served before and ends without an answer, curl sends a request again:
    // BMW would get a refresh token or a new container twice.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  }
  if (request.method != "HEAD")
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  return absl::OkStatus();
}

absl::StatusOr<HttpResponse> Transfer::Result(CURLcode code) {
  if (too_large)
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer of ", host, " is larger than ", max_bytes, " bytes"));
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return absl::InvalidArgumentError("the URL is malformed");
  if (code != CURLE_OK)
    return absl::UnavailableError(
        absl::StrCat(host, ": ", error[0] != '\0' ? error : curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  long version = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_HTTP_VERSION, &version);
  response.http_version = version >= CURL_HTTP_VERSION_2_0 ? 20 : 11;
  return std::move(response);
}

}  // namespace cardata::curl_internal
