// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

// gRPC's function takes no argument of ours.
std::mutex log_mutex;
Log* log_target = nullptr;  // guarded by log_mutex

// What gRPC calls an error is a caller that has gone or did not speak TLS.
void Forward(gpr_log_func_args* args) {
  std::lock_guard lock(log_mutex);
  if (log_target == nullptr) return;
  const Log::Level level =
      args->severity == GPR_LOG_SEVERITY_ERROR ? Log::Level::kWarning : Log::Level::kDebug;
  log_target->Write(level, "gRPC says",
                    {{"text", args->message}, {"at", absl::StrCat(args->file, ":", args->line)}});
}

void SetTarget(Log* log) {
  std::lock_guard lock(log_mutex);
  log_target = log;
}

}  // namespace

GrpcLog::GrpcLog(Log& log) {
  SetTarget(&log);
  gpr_set_log_function(Forward);
}

GrpcLog::~GrpcLog() { SetTarget(nullptr); }

}  // namespace cardata
