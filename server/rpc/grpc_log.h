// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/base/log.h"

namespace cardata {

// Brings what gRPC has to say into `log`, as long as this lives. gRPC has one place for it a
// process, so there may be one of these at a time.
class GrpcLog {
 public:
  explicit GrpcLog(Log& log);
  ~GrpcLog();
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

}  // namespace cardata
