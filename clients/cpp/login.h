// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <ostream>
#include <string>

#include "cardata/v1/auth_service.grpc.pb.h"

namespace cardata::client {

// Makes sure that `account` is logged in: shows the user code and the link on `out`, and waits
// until a person has approved it. Does nothing if the account is active already. `client_id` may be
// empty where the gateway knows one.
//
// An end other than approval is FAILED_PRECONDITION with what to do about it.
grpc::Status LogIn(v1::AuthService::StubInterface& gateway, const std::string& account,
                   const std::string& client_id, std::ostream& out);

}  // namespace cardata::client
