// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <string>

namespace cardata::client {

// Why a call failed, for programs: one of the names of cardata.v1.ErrorReason without its prefix,
// such as "ACCOUNT_NOT_FOUND". Empty if the error is not the gateway's own (the network's, say).
std::string Reason(const grpc::Status& status);

// The same for people: "there is no account "home" (ACCOUNT_NOT_FOUND)".
std::string Describe(const grpc::Status& status);

// `text` with everything escaped that could make a terminal do something else than show it.
std::string Printable(const std::string& text);

}  // namespace cardata::client
