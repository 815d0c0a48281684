// SPDX-License-Identifier: Apache-2.0
#include "server/http/curl_http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cardata {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr auto kLongestPoll = std::chrono::seconds(60);
constexpr unsigned kUnacknowledgedMs = 20'000;
constexpr long kKeepAliveSeconds = 30;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
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

// One request under way. Only the loop's thread touches it.
struct Transfer {
  HttpRequest request;
  HttpClient::Done done;
  SteadyClock::time_point deadline;
  size_t max_bytes = 0;

  std::string host;  // with the port; the one part of the URL that errors may name
  std::unique_ptr<CURL, EasyCleanup> easy;
  std::unique_ptr<curl_slist, ListFree> headers;
  char error[CURL_ERROR_SIZE] = {};
  HttpResponse response;
  size_t header_bytes = 0;
  bool too_large = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop;

  absl::Status Prepare(const CurlHttpOptions& options);
  absl::Status ParseUrl(bool allow_http);
  absl::Status AddHeaders();
  absl::StatusOr<HttpResponse> Result(CURLcode code);
};

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

}  // namespace

class CurlHttpClient::Loop {
 public:
  explicit Loop(CurlHttpOptions options) : options_(std::move(options)) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) std::abort();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options_.max_connections_per_host));
    thread_ = std::thread([this] { Run(); });
  }

  ~Loop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  void Add(std::unique_ptr<Transfer> transfer) {
    {
      std::lock_guard lock(mutex_);
      added_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  using Transfers = std::list<std::unique_ptr<Transfer>>;

  void Run() {
    while (StartAdded()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      FinishDone();
      FinishUnwanted();
      curl_multi_poll(multi_, nullptr, 0, PollMilliseconds(), nullptr);
    }
    // A `done` may send once more.
    do {
      for (Transfers last = std::exchange(active_, {}); auto& transfer : last)
        Finish(std::move(transfer), absl::CancelledError("the HTTP client is being destroyed"));
      StartAdded();
    } while (!active_.empty());
  }

  // False once the client is being destroyed.
  bool StartAdded() {
    std::vector<std::unique_ptr<Transfer>> added;
    bool stopping;
    {
      std::lock_guard lock(mutex_);
      added.swap(added_);
      stopping = stopping_;
    }
    for (auto& transfer : added) {
      if (absl::Status status = transfer->Prepare(options_); !status.ok()) {
        Finish(std::move(transfer), std::move(status));
        continue;
      }
      transfer->on_stop.emplace(transfer->request.stop, [this] { curl_multi_wakeup(multi_); });
      curl_multi_add_handle(multi_, transfer->easy.get());
      active_.push_back(std::move(transfer));
    }
    return !stopping;
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      const auto found = std::find_if(active_.begin(), active_.end(),
                                      [&](const auto& each) { return each.get() == transfer; });
      auto owned = std::move(*found);
      active_.erase(found);
      auto result = owned->Result(code);
      Finish(std::move(owned), std::move(result));
    }
  }

  void FinishUnwanted() {
    const auto now = SteadyClock::now();
    for (auto each = active_.begin(); each != active_.end();) {
      Transfer& transfer = **each;
      const bool stopped = transfer.request.stop.stop_requested();
      if (!stopped && transfer.deadline > now) {
        ++each;
        continue;
      }
      auto owned = std::move(*each);
      each = active_.erase(each);
      absl::Status status = stopped ? absl::CancelledError("the request was cancelled")
                                    : absl::DeadlineExceededError(absl::StrCat(
                                          owned->host, " did not answer within ",
                                          absl::FormatDuration(owned->request.timeout)));
      Finish(std::move(owned), std::move(status));
    }
  }

  void Finish(std::unique_ptr<Transfer> transfer, absl::StatusOr<HttpResponse> result) {
    transfer->on_stop.reset();
    if (transfer->easy) curl_multi_remove_handle(multi_, transfer->easy.get());
    HttpClient::Done done = std::move(transfer->done);
    transfer.reset();
    done(std::move(result));
  }

  int PollMilliseconds() const {
    auto until = SteadyClock::now() + kLongestPoll;
    for (const auto& transfer : active_) until = std::min(until, transfer->deadline);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }

  const CurlHttpOptions options_;
  CURLM* multi_ = nullptr;
  Transfers active_;  // the thread's own
  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> added_;
  bool stopping_ = false;
  std::thread thread_;
};

CurlHttpClient::CurlHttpClient(CurlHttpOptions options)
    : loop_(std::make_unique<Loop>(std::move(options))) {}

CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::Send(HttpRequest request, Done done) {
  // A timeout of years is as good as any that is longer, and does not overflow the clock.
  const auto timeout = absl::ToChronoNanoseconds(
      std::clamp(request.timeout, absl::ZeroDuration(), absl::Hours(24 * 365)));
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  transfer->deadline = SteadyClock::now() + timeout;
  loop_->Add(std::move(transfer));
}

}  // namespace cardata
