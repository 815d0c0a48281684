// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/nats_reader.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/client/payload.h"

namespace cardata::bench {

void NatsReader::AppendEvent(absl::string_view subject, absl::string_view payload,
                             std::string& out) {
  absl::StrAppend(&out, "PUB ", subject, " ", payload.size(), "\r\n", payload, "\r\n");
}

void NatsReader::Open() {
  outgoing() += "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
  if (tally_ != nullptr) absl::StrAppend(&outgoing(), "SUB ", subject_, " 1\r\n");
  outgoing() += "PING\r\n";  // its answer says that what came before was obeyed
  asked_ = 1;
}

absl::StatusOr<size_t> NatsReader::Consume(const uint8_t* bytes, size_t size) {
  size_t taken = 0;
  for (;;) {
    const auto* begin = reinterpret_cast<const char*>(bytes + taken);
    const auto* end = static_cast<const char*>(std::memchr(begin, '\n', size - taken));
    if (end == nullptr) return taken;
    const size_t line_size = static_cast<size_t>(end - begin) + 1;
    const absl::string_view line(begin, line_size);
    if (absl::StartsWith(line, "MSG ")) {
      const absl::string_view count = line.substr(line.rfind(' ') + 1);
      size_t length = 0;
      if (tally_ == nullptr || !absl::SimpleAtoi(count, &length))
        return absl::DataLossError(absl::StrCat("a strange MSG of NATS: ", line));
      if (size - taken - line_size < length + 2) return taken;
      tally_->Delivered(subscriber_, NumberOf(bytes + taken + line_size, length));
      taken += length + 2;
    } else if (absl::StartsWith(line, "PONG")) {
      ready_ = 1;
    } else if (absl::StartsWith(line, "PING")) {
      outgoing() += "PONG\r\n";
    } else if (!absl::StartsWith(line, "INFO") && !absl::StartsWith(line, "+OK")) {
      return absl::UnavailableError(absl::StrCat("NATS says ", line));
    }
    taken += line_size;
  }
}

}  // namespace cardata::bench
