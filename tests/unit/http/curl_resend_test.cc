// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/http/curl_http_client.h"

namespace cardata {
namespace {

// Answers the first request, keeps its connection, and ends every connection on which another one
// comes, without an answer.
class ServerThatHangsUp {
 public:
  ServerThatHangsUp() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 8);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }

  ~ServerThatHangsUp() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_, "/"); }
  int posts() const { return posts_; }

 private:
  void Run() {
    std::vector<pollfd> open = {{listener_, POLLIN, 0}};
    bool answered = false;
    while (poll(open.data(), open.size(), -1) > 0 && (open[0].revents & POLLHUP) == 0) {
      if (open[0].revents != 0) open.push_back({accept(listener_, nullptr, nullptr), POLLIN, 0});
      for (size_t i = 1; i < open.size(); ++i) {
        if (open[i].revents == 0) continue;
        char bytes[4096];
        const ssize_t size = recv(open[i].fd, bytes, sizeof bytes, 0);
        if (size > 0 && absl::StartsWith(std::string(bytes, size), "POST")) ++posts_;
        if (size > 0 && !std::exchange(answered, true)) {
          constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
          send(open[i].fd, kOk, sizeof kOk - 1, 0);
        } else {
          close(open[i].fd);
          open.erase(open.begin() + static_cast<ptrdiff_t>(i--));
        }
      }
    }
    for (size_t i = 1; i < open.size(); ++i) close(open[i].fd);
  }

  const int listener_;
  int port_ = 0;
  std::atomic<int> posts_ = 0;
  std::thread thread_;
};

absl::StatusOr<HttpResponse> Answer(HttpClient& client, HttpRequest request) {
  std::promise<absl::StatusOr<HttpResponse>> promise;
  client.Send(std::move(request), [&](auto result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

TEST(CurlResendTest, APostGoesOutOnceWhereAnOldConnectionEndsWithoutAnAnswer) {
  ServerThatHangsUp server;
  CurlHttpOptions options;
  options.allow_http = true;
  CurlHttpClient client(options);
  HttpRequest get;
  get.url = server.url();
  const auto first = Answer(client, get);
  ASSERT_TRUE(first.ok()) << first.status();

  HttpRequest post;
  post.method = "POST";
  post.url = server.url();
  post.body = "{}";
  const auto second = Answer(client, post);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable) << second.status();
  EXPECT_EQ(server.posts(), 1);
}

}  // namespace
}  // namespace cardata
