// SPDX-License-Identifier: Apache-2.0
//
// What callers keep for us and hand back: resume tokens and page tokens. The input's first line
// says what the rest is:
//   resume, page   a token as a caller sends it
//   resume_body    what follows the digest in a resume token, with a good checksum
//   walk           the position in a page token of ListChargingSessions, with a good checksum
#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/opaque_token.h"
#include "server/error/error.h"
#include "server/eventlog/resume_token.h"
#include "server/rpc/charging_walk.h"
#include "server/rpc/page_token.h"
#include "tests/fuzz/fuzz.h"

namespace cardata {
namespace {

constexpr char kEpoch[] = "an epoch of sixteen";
constexpr char kQuestion[] = "ListChargingSessions\nhome\nWBA00AA000DEM0001\n-\n-";
constexpr size_t kDigestBytes = 8;

void CheckError(const absl::Status& status, v1::ErrorReason reason) {
  Require(absl::IsInvalidArgument(status), "a token that is not ours is INVALID_ARGUMENT",
          status.ToString());
  Require(ReasonOf(status) == reason, "the error has the token's reason", status.ToString());
  RequirePresentable(status.message(), 200);
}

void CheckResumeToken(absl::string_view text) {
  const absl::StatusOr<ResumeToken> token = ResumeToken::Decode(text, kEpoch);
  if (!token.ok()) return CheckError(token.status(), v1::ERROR_REASON_RESUME_TOKEN_INVALID);
  Require(token->Encode(kEpoch) == text, "a resume token that is accepted encodes to itself", text);
  Require(token->sequence >= 0 && token->sequence < INT64_MAX, "a sequence has a next one",
          std::to_string(token->sequence));
  Require(!ResumeToken::Decode(text, "another epoch").ok(), "a token is good for one log only",
          text);
}

void CheckWalk(absl::string_view position) {
  const std::optional<ChargingWalk> resumed = ChargingWalk::Resume(position);
  if (!resumed) return;
  Require(resumed->Position() == position, "a position that is accepted is where the walk is");
  ChargingWalk walk = *resumed;
  absl::Time to = absl::InfiniteFuture();
  for (int window = 0; window < 5 && !walk.done(); ++window) {
    const ChargingHistoryQuery query = walk.Next();
    Require(query.from < query.to && query.to <= to, "a walk goes on to older windows",
            EncodeChargingHistoryQuery(query));
    Require(query.to - query.from <= kLongestChargingHistory, "BMW answers for a window of 45 days",
            EncodeChargingHistoryQuery(query));
    to = query.from;
    walk.Take({});
    Require(ChargingWalk::Resume(walk.Position()).has_value() || walk.done(),
            "a walk can go on from where it is");
  }
}

void CheckPageToken(absl::string_view text) {
  const absl::StatusOr<std::string> position = DecodePageToken(text, kQuestion);
  if (!position.ok()) return CheckError(position.status(), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  Require(EncodePageToken(kQuestion, *position) == text,
          "a page token that is accepted encodes to itself", text);
  Require(!DecodePageToken(text, "another question").ok(),
          "a page token is good for one question only", text);
  CheckWalk(*position);
}

}  // namespace
}  // namespace cardata

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cardata;
  absl::string_view rest(reinterpret_cast<const char*>(data), size);
  const absl::string_view kind = TakeLine(rest);
  if (kind == "resume") {
    CheckResumeToken(rest);
  } else if (kind == "resume_body") {
    CheckResumeToken(SealToken(absl::StrCat("\x01", Digest(kEpoch, kDigestBytes), rest)));
  } else if (kind == "page") {
    CheckPageToken(rest);
  } else if (kind == "walk") {
    const std::string token = EncodePageToken(kQuestion, rest);
    Require(DecodePageToken(token, kQuestion).ok(), "our own tokens are accepted", token);
    CheckPageToken(token);
  } else {
    return -1;
  }
  return 0;
}
