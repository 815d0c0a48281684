// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cardata {

// What the simulator's access and refresh tokens begin with, so that they can be searched for. Its
// id tokens are JWTs, and are found as such.
inline constexpr char kTokenPrefix[] = "canary-token-";

// The first token in `text`, with what is around it; empty if there is none.
std::string FindToken(absl::string_view text);

// The VINs and GCIDs of the simulator's GET /accounts.
std::vector<std::string> PersonalData(const nlohmann::json& accounts);

// For every channel of the tests: a token in an answer, an error, its details or its metadata fails
// the test that runs.
std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
CanaryInterceptors();

}  // namespace cardata
