// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace cardata::client {

// A channel to the gateway at `target` ("host:port"), without TLS. It connects by itself, when a
// call needs it.
//
// It notices within a minute that the gateway's machine is gone, although nothing says so: the
// gateway's heartbeats keep a healthy stream from being silent for long, and one that is silent for
// longer is probed.
std::shared_ptr<grpc::Channel> Connect(const std::string& target);

}  // namespace cardata::client
