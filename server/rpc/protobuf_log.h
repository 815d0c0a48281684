// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/base/clock.h"
#include "server/base/log.h"

namespace cardata {

// Brings what libprotobuf has to say into `log`, as long as this lives, in place of standard error.
// A caller can make it say something with every request (a string that is not UTF-8), so it is
// heard once a minute. libprotobuf has one place for it a process, so there may be one of these at
// a time; make it before there are threads that use protobuf.
class ProtobufLog {
 public:
  // Both must live longer.
  ProtobufLog(Log& log, const Clock& clock);
  ~ProtobufLog();
  ProtobufLog(const ProtobufLog&) = delete;
  ProtobufLog& operator=(const ProtobufLog&) = delete;
};

}  // namespace cardata
