// SPDX-License-Identifier: Apache-2.0
#include "server/http/curl_http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <future>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kLoopback[] = "IP:127.0.0.1";

std::future<absl::StatusOr<HttpResponse>> Start(HttpClient& client, HttpRequest request) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<HttpResponse>>>();
  client.Send(std::move(request),
              [promise](auto result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

absl::StatusOr<HttpResponse> Fetch(HttpClient& client, HttpRequest request) {
  return Start(client, std::move(request)).get();
}

HttpRequest Get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

// Answers /echo, /status, /big at once and /hang when the test is over.
class TestServer {
 public:
  explicit TestServer(std::unique_ptr<httplib::Server> server) : server_(std::move(server)) {
    server_->new_task_queue = [] { return new httplib::ThreadPool(16); };
    const auto echo = [](const httplib::Request& request, httplib::Response& response) {
      response.set_header("X-Method", request.method);
      response.set_header("X-Seen", request.get_header_value("X-Sent"));
      response.set_content(request.body, "text/plain");
    };
    server_->Get("/echo", echo).Post("/echo", echo).Delete("/echo", echo);
    server_->Get("/status", [](const httplib::Request& request, httplib::Response& response) {
      response.status = std::stoi(request.get_param_value("code"));
    });
    server_->Get("/big", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::string(100'000, 'x'), "text/plain");
    });
    server_->Get("/hang", [this](const httplib::Request&, httplib::Response&) {
      ++hanging_;
      hanging_.notify_all();
      over_future_.wait();
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
  }

  ~TestServer() {
    over_.set_value();
    while (!server_->is_running()) std::this_thread::yield();
    server_->stop();
    thread_.join();
  }

  int port() const { return port_; }
  void WaitUntilOneHangs() { hanging_.wait(0); }

 private:
  std::unique_ptr<httplib::Server> server_;
  std::atomic<int> hanging_ = 0;
  std::promise<void> over_;
  std::shared_future<void> over_future_ = over_.get_future().share();
  int port_;
  std::thread thread_;
};

class CurlHttpClientTest : public testing::Test {
 protected:
  std::string Url(absl::string_view path) const {
    return absl::StrCat("https://127.0.0.1:", server_.port(), path);
  }

  CurlHttpOptions Options() const {
    CurlHttpOptions options;
    options.ca_file = ca_.ca_file();
    return options;
  }

  TempDir dir_;
  TestCa ca_{dir_.path(), "ca"};
  TestCa::Certificate certificate_ = ca_.Issue(kLoopback);
  TestServer server_{std::make_unique<httplib::SSLServer>(certificate_.cert_file.c_str(),
                                                          certificate_.key_file.c_str())};
};

TEST_F(CurlHttpClientTest, SendsMethodHeadersAndBodyAndHandsOverTheAnswer) {
  CurlHttpClient client(Options());
  HttpRequest request = Get(Url("/echo"));
  request.method = "POST";
  request.headers = {{"X-Sent", "hello"}, {"Content-Type", "text/plain"}};
  request.body = "some body";
  const auto response = Fetch(client, std::move(request));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "some body");
  EXPECT_EQ(response->Header("x-method"), "POST");
  EXPECT_EQ(response->Header("x-seen"), "hello");
  EXPECT_EQ(response->Header("x-absent"), "");
  EXPECT_EQ(response->http_version, 11);
}

TEST_F(CurlHttpClientTest, SendsDelete) {
  CurlHttpClient client(Options());
  HttpRequest request = Get(Url("/echo"));
  request.method = "DELETE";
  const auto response = Fetch(client, std::move(request));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->Header("x-method"), "DELETE");
}

TEST_F(CurlHttpClientTest, TakesEveryHttpStatusAsASuccess) {
  CurlHttpClient client(Options());
  for (const int status : {204, 302, 403, 404, 500, 503}) {
    const auto response = Fetch(client, Get(Url(absl::StrCat("/status?code=", status))));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, status);
  }
}

TEST_F(CurlHttpClientTest, RefusesACertificateOfAnotherAuthority) {
  CurlHttpOptions options = Options();
  options.ca_file = TestCa(dir_.path(), "stranger").ca_file();
  CurlHttpClient client(options);
  const auto response = Fetch(client, Get(Url("/echo?secret=s3cr3t")));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("certificate"));
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr(absl::StrCat("127.0.0.1:", server_.port())));
  EXPECT_THAT(std::string(response.status().message()), Not(HasSubstr("s3cr3t")));
}

TEST_F(CurlHttpClientTest, RefusesTheCertificateOfAnotherHost) {
  CurlHttpClient client(Options());
  const auto response =
      Fetch(client, Get(absl::StrCat("https://localhost:", server_.port(), "/echo")));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("localhost"));
}

TEST_F(CurlHttpClientTest, SaysThatAConnectionIsRefused) {
  CurlHttpClient client(Options());
  const int port = FreePort();
  const auto response = Fetch(client, Get(absl::StrCat("https://127.0.0.1:", port, "/")));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr(absl::StrCat("127.0.0.1:", port)));
}

TEST_F(CurlHttpClientTest, EndsWithDeadlineExceededWhenTheTimeIsUp) {
  CurlHttpClient client(Options());
  HttpRequest request = Get(Url("/hang"));
  request.timeout = absl::Milliseconds(20);
  EXPECT_EQ(Fetch(client, std::move(request)).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CurlHttpClientTest, ADeadlineAlsoHoldsWhileWaitingForAConnection) {
  CurlHttpOptions options = Options();
  options.max_connections_per_host = 1;
  CurlHttpClient client(options);
  auto first = Start(client, Get(Url("/hang")));
  server_.WaitUntilOneHangs();
  HttpRequest request = Get(Url("/echo"));
  request.timeout = absl::Milliseconds(20);
  EXPECT_EQ(Fetch(client, std::move(request)).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CurlHttpClientTest, EndsWithCancelledWhenStopped) {
  CurlHttpClient client(Options());
  std::stop_source stop;
  HttpRequest request = Get(Url("/hang"));
  request.stop = stop.get_token();
  auto response = Start(client, std::move(request));
  server_.WaitUntilOneHangs();
  stop.request_stop();
  EXPECT_EQ(response.get().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(CurlHttpClientTest, DoesNotSendWhatIsAlreadyStopped) {
  CurlHttpClient client(Options());
  std::stop_source stop;
  stop.request_stop();
  HttpRequest request = Get(Url("/hang"));
  request.stop = stop.get_token();
  EXPECT_EQ(Fetch(client, std::move(request)).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(CurlHttpClientTest, EndsWithCancelledWhenTheClientIsDestroyed) {
  auto client = std::make_unique<CurlHttpClient>(Options());
  auto response = Start(*client, Get(Url("/hang")));
  server_.WaitUntilOneHangs();
  client.reset();
  EXPECT_EQ(response.get().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(CurlHttpClientTest, RefusesABodyThatIsTooLarge) {
  CurlHttpOptions options = Options();
  options.max_body_bytes = 99'999;
  CurlHttpClient client(options);
  EXPECT_EQ(Fetch(client, Get(Url("/big"))).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(CurlHttpClientTest, TakesABodyOfExactlyTheLimit) {
  CurlHttpOptions options = Options();
  options.max_body_bytes = 100'000;
  CurlHttpClient client(options);
  const auto response = Fetch(client, Get(Url("/big")));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->body, SizeIs(100'000));
}

TEST_F(CurlHttpClientTest, RefusesUrlsThatAreNotHttps) {
  CurlHttpClient client(Options());
  for (const char* url : {"http://127.0.0.1/", "file:///etc/passwd", "https://", "", "not a url",
                          "https://127.0.0.1:99999/", "https://127.0.0.1/\r\nX: y"}) {
    EXPECT_EQ(Fetch(client, Get(url)).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST_F(CurlHttpClientTest, RefusesAHeaderWithALineBreak) {
  CurlHttpClient client(Options());
  HttpRequest request = Get(Url("/echo"));
  request.headers = {{"X-Sent", "a\r\nX-Smuggled: b"}};
  EXPECT_EQ(Fetch(client, std::move(request)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(CurlHttpClientPlainTest, TakesHttpOnlyIfAllowed) {
  TestServer server(std::make_unique<httplib::Server>());
  CurlHttpOptions options;
  options.allow_http = true;
  CurlHttpClient client(options);
  const auto response =
      Fetch(client, Get(absl::StrCat("http://127.0.0.1:", server.port(), "/echo")));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
}

TEST(CurlHttpClientHttp2Test, CarriesManyRequestsOnOneConnection) {
  constexpr int kRequests = 50;
  TempDir dir;
  TestCa ca(dir.path(), "ca");
  const auto certificate = ca.Issue(kLoopback);
  TestServer server(std::make_unique<httplib::Server>());
  const int port = FreePort();
  const std::string access_log = dir.path() + "/access.log";
  Process proxy(
      {"nghttpx", "--conf=/dev/null", "--workers=1", "--errorlog-file=/dev/stderr",
       absl::StrCat("--frontend=127.0.0.1,", port),
       absl::StrCat("--backend=127.0.0.1,", server.port()), "--accesslog-file=" + access_log,
       "--accesslog-format=$remote_port", certificate.key_file, certificate.cert_file},
      dir.path() + "/nghttpx.log");
  ASSERT_TRUE(WaitForPort(port, proxy)) << ReadFile(dir.path() + "/nghttpx.log");

  CurlHttpOptions options;
  options.ca_file = ca.ca_file();
  CurlHttpClient client(options);
  std::vector<std::future<absl::StatusOr<HttpResponse>>> responses;
  for (int n = 0; n < kRequests; ++n) {
    HttpRequest request = Get(absl::StrCat("https://127.0.0.1:", port, "/echo"));
    request.headers = {{"X-Sent", absl::StrCat(n)}};
    responses.push_back(Start(client, std::move(request)));
  }
  for (int n = 0; n < kRequests; ++n) {
    const auto response = responses[n].get();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->http_version, 20);
    EXPECT_EQ(response->Header("x-seen"), absl::StrCat(n));
  }
  std::vector<std::string> ports;
  while (ports.size() < kRequests)
    ports = absl::StrSplit(ReadFile(access_log), '\n', absl::SkipEmpty());
  EXPECT_THAT(std::set<std::string>(ports.begin(), ports.end()), SizeIs(1));
}

}  // namespace
}  // namespace cardata
