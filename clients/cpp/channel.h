// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

namespace cardata::client {

// Where the gateway is, and how to speak to it. Files are PEM.
struct Target {
  std::string address = "127.0.0.1:9610";

  // Whom to trust for the gateway's certificate. Empty: plaintext is spoken.
  std::string ca_file = {};
  // One's own certificate and its key, where the gateway asks for one.
  std::string cert_file = {};
  std::string key_file = {};
  // The name to look for in the gateway's certificate, where it is not the address.
  std::string server_name = {};
};

// Makes a channel to the gateway. It connects by itself, when a call needs it. INVALID_ARGUMENT: a
// file cannot be read, or one is missing beside the others.
//
// It notices within a minute that the gateway's machine is gone, although nothing says so: the
// gateway's heartbeats keep a healthy stream from being silent for long, and one that is silent for
// longer is probed.
grpc::Status Connect(const Target& target, std::shared_ptr<grpc::Channel>& channel);

// The same in plaintext, which cannot fail.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

}  // namespace cardata::client
