// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <nlohmann/json.hpp>
#include <string>

#include "clients/cpp/update.h"

namespace cardata::conformance {

// Each writes one line for the runner; from any thread.
void TellUpdate(const std::string& name, const client::Update& update);
void TellResponse(const std::string& name, const google::protobuf::Message& response);
// OK: the caller has ended it, or all is told.
void TellEnd(const std::string& name, const grpc::Status& status);

// Reads proto-JSON; aborts the program where it is none of that message's.
void Parse(const nlohmann::json& parts, google::protobuf::Message& message);

// Ends the program: the runner shows what is said.
[[noreturn]] void Abort(const std::string& why);

}  // namespace cardata::conformance
