// SPDX-License-Identifier: Apache-2.0
#include "server/listen/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

// With port 0 a host's other addresses have to take the port that the first one got.
constexpr int kTries = 10;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::string ErrnoText(int error) { return std::generic_category().message(error); }

absl::StatusOr<Addresses> Resolve(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return absl::InvalidArgumentError(absl::StrCat(address, " is not host:port"));
  std::string host = address.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]"))
    host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &list);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on ", address, ": ", gai_strerror(error)));
  }
  return Addresses(list);
}

int PortOf(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

// The socket, or a negative errno.
int BindOne(const addrinfo& where, int port) {
  sockaddr_storage address{};
  std::copy_n(reinterpret_cast<const char*>(where.ai_addr), where.ai_addrlen,
              reinterpret_cast<char*>(&address));
  if (port != 0 && where.ai_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(static_cast<uint16_t>(port));
  else if (port != 0)
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(static_cast<uint16_t>(port));

  const int socket =
      ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (socket < 0) return -errno;
  const int on = 1;
  const int off = 0;
  // A port that only old connections still hold may be taken; one that is listened at may not.
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where.ai_family == AF_INET6) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(socket, reinterpret_cast<sockaddr*>(&address), where.ai_addrlen) != 0 ||
      listen(socket, SOMAXCONN) != 0) {
    const int error = errno;
    close(socket);
    return -error;
  }
  return socket;
}

absl::Status Failure(const std::string& address, int error) {
  if (error == EADDRINUSE) {
    return absl::AlreadyExistsError(absl::StrCat(
        "cannot listen on ", address, ": the address is in use, by another gateway perhaps"));
  }
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", ErrnoText(error)));
}

}  // namespace

absl::StatusOr<Listener> Listener::Bind(const std::string& address) {
  const absl::StatusOr<Addresses> addresses = Resolve(address);
  if (!addresses.ok()) return addresses.status();
  const bool any_port = absl::EndsWith(address, ":0");
  int error = 0;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    Listener listener;
    error = 0;
    for (const addrinfo* each = addresses->get(); each != nullptr; each = each->ai_next) {
      const int socket = BindOne(*each, any_port ? listener.port_ : 0);
      if (socket >= 0) {
        listener.sockets_.push_back(socket);
        listener.port_ = PortOf(socket);
      } else if (error == 0 || -socket == EADDRINUSE) {
        error = -socket;
      }
    }
    // A name may also have addresses of a family that this machine does not speak.
    if (!listener.sockets_.empty() && error != EADDRINUSE) return listener;
    if (!any_port || error != EADDRINUSE) break;
  }
  return Failure(address, error);
}

Listener::~Listener() {
  for (const int socket : sockets_) close(socket);
}

Listener::Listener(Listener&& other) noexcept
    : sockets_(std::exchange(other.sockets_, {})), port_(other.port_) {}

}  // namespace cardata
