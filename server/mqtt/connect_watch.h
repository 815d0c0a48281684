// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// Tells when Paho has sent a CONNECT. It has no callback for that, but a line in its trace, which
// is on while there is a watch. Paho calls back without a context: hence one list for the process.
class ConnectWatch {
 public:
  // From now on `on_sent` is called when a CONNECT with `client_id`, in which there is no space,
  // has been sent. Paho's thread calls, under its locks: it must only hand on.
  ConnectWatch(std::string client_id, std::function<void()> on_sent);

  // Nothing is called once this has returned.
  ~ConnectWatch();

  ConnectWatch(const ConnectWatch&) = delete;
  ConnectWatch& operator=(const ConnectWatch&) = delete;

  // The client id in a line of the trace, if it says that a CONNECT was sent; otherwise empty.
  static absl::string_view ClientIdIn(absl::string_view line);

 private:
  struct List;
  static List& TheList();
  static void OnTrace(absl::string_view line);

  const std::string client_id_;
  const std::function<void()> on_sent_;
};

}  // namespace cardata
