// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/value.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "server/base/proto_time.h"
#include "server/telematics/json_text.h"
#include "server/telematics/parse_time.h"

namespace cardata {
namespace {

v1::Value None(v1::NoValue why) {
  v1::Value value;
  value.set_no_value(why);
  return value;
}

v1::Value Text(absl::string_view text) {
  v1::Value value;
  value.set_text(std::string(text));
  return value;
}

v1::Value Number(absl::string_view text) {
  v1::Value value;
  double number;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number))
    return None(v1::NO_VALUE_UNPARSABLE);
  value.set_number(number);
  return value;
}

v1::Value Nested(absl::string_view text, const JsonText& json) {
  v1::Value value;
  if (json.nesting > kMaxNesting || text.size() > kMaxNestedBytes ||
      !google::protobuf::util::JsonStringToMessage(std::string(text), value.mutable_json()).ok())
    return None(v1::NO_VALUE_UNPARSABLE);
  return value;
}

v1::Value TimeOrText(std::optional<absl::Time> time, absl::string_view text) {
  if (!time) return Text(text);
  v1::Value value;
  *value.mutable_time() = ToProto(*time);
  return value;
}

}  // namespace

v1::Value ToValue(const Literal& literal, v1::ValueKind kind) {
  if (literal.kind == LiteralKind::kNull) return None(v1::NO_VALUE_NULL);
  if (literal.kind == LiteralKind::kBadText) return None(v1::NO_VALUE_UNPARSABLE);
  const absl::string_view text = literal.text;
  if (text == "INVALID" || text == "-NA-") return None(v1::NO_VALUE_INVALID);

  const std::optional<JsonText> json = ScanJson(text);
  if (json && json->IsNested()) return Nested(text, *json);
  const bool is_number = json && json->type == JsonText::Type::kNumber;
  const bool by_literal = kind == v1::VALUE_KIND_UNSPECIFIED;
  if (kind == v1::VALUE_KIND_NUMBER || (by_literal && is_number))
    return is_number ? Number(text) : None(v1::NO_VALUE_UNPARSABLE);
  if ((kind == v1::VALUE_KIND_BOOLEAN || by_literal) && (text == "true" || text == "false")) {
    v1::Value value;
    value.set_boolean(text == "true");
    return value;
  }
  if (kind == v1::VALUE_KIND_TIME) return TimeOrText(ParseCatalogueTime(text), text);
  if (by_literal) return TimeOrText(ParseTime(text), text);
  return Text(text);
}

}  // namespace cardata
