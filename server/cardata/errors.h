// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/http_client.h"

namespace cardata {

// Turns what BMW, or the way to BMW, answered into an error that explains itself
// (server/error/error.h).

// Which of BMW's two interfaces a message is about.
inline constexpr absl::string_view kRestApi = "BMW's CarData API";
inline constexpr absl::string_view kOAuthHost = "BMW's login";

// The time at which BMW's 50 requests a day start anew: the next 00:00 UTC. BMW says "daily" only;
// the hour is what users see.
absl::Time NextQuotaReset(absl::Time now);

// An error answer of the REST API. BMW's `exveErrorId` decides before the HTTP status does, because
// a 403 may mean quota, scope, vehicle, container or gateway. Ids without a row give UNKNOWN,
// UPSTREAM_ERROR and the id in the metadata. What BMW says is part of the message (Presentable).
// The caller adds what it knows of the request, such as `containerId` (AddMetadata).
absl::Status RestError(const HttpResponse& response, absl::Time now);

// No usable answer because of `status`, an error of HttpClient. CANCELLED becomes CallEnded.
absl::Status TransportError(absl::string_view peer, const absl::Status& status);

// CANCELLED (CALL_ENDED): nobody waits for the answer any more.
absl::Status CallEnded();

// A 5xx, 429 or what some proxy answered in BMW's place: worth another try later.
absl::Status TemporaryError(absl::string_view peer, const HttpResponse& response, absl::Time now);

// An answer that is not what the interface promises; `what` says where and holds nothing of it.
absl::Status MalformedAnswer(absl::string_view peer, absl::string_view what);

// BMW refused to start a device authorization. `oauth_error` and `description` as in RFC 6749, 5.2.
absl::Status ClientRefused(absl::string_view oauth_error, absl::string_view description);

// The error of an Apigee gateway's body ({"fault":{"detail":{"errorcode":...}}}), or empty.
std::string FaultCode(absl::string_view body);

}  // namespace cardata
