// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/error_details.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/proto_time.h"

namespace cardata {

ErrorDetails DetailsOf(const grpc::Status& status) {
  google::rpc::Status rich;
  rich.ParseFromString(status.error_details());
  ErrorDetails details;
  for (const auto& any : rich.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::QuotaFailure quota;
    google::rpc::BadRequest bad_request;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.domain = info.domain();
      details.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (any.UnpackTo(&retry)) {
      details.retry_delay = FromProto(retry.retry_delay());
    } else if (any.UnpackTo(&quota)) {
      for (const auto& each : quota.violations()) details.quotas.push_back(each.description());
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& each : bad_request.field_violations())
        details.wrong_fields.push_back(each.field());
    }
  }
  return details;
}

}  // namespace cardata
