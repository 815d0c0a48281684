// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>

#include <nlohmann/json.hpp>
#include <string>

#include "clients/cpp/client.h"

namespace cardata::conformance {

// Calls a method, such as "vehicles.GetVehicle", and tells its responses and its end.
void Call(client::Client& client, const std::string& name, const std::string& method,
          const nlohmann::json& request, grpc::ClientContext& context);

}  // namespace cardata::conformance
