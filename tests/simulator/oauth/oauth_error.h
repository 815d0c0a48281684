// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/simulator/web/message.h"

namespace cardata::sim {

// The error answer of BMW's OAuth host by its name: authorization_pending, access_denied (403),
// slow_down, invalid_request, invalid_token, invalid_grant, unsupported_grant_type (400),
// expired_token, invalid_client, pending_activation (401), apigee_fault (500, the gateway's own
// shape), server_error (500), service_unavailable (503). `status` replaces the usual one unless it
// is 0. Null response (status 0) for a name that does not exist.
WebResponse OAuthError(const std::string& name, int status = 0);

}  // namespace cardata::sim
