// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/vehicle_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPng[] = "\x89PNG\r\n\x1a\nIHDR";
constexpr char kJpeg[] = "\xff\xd8\xff\xe0JFIF";

HttpResponse Answer(absl::string_view content_type, absl::string_view body) {
  HttpResponse response;
  response.status = 200;
  if (!content_type.empty()) response.headers = {{"content-type", std::string(content_type)}};
  response.body = std::string(body);
  return response;
}

TEST(ParseVehicleImageTest, GoesByTheContentType) {
  const struct {
    const char* header;
    const char* type;
  } kCases[] = {{"image/png", "image/png"},
                {"image/jpeg", "image/jpeg"},
                {"Image/PNG; charset=binary", "image/png"},
                {"image/webp ;q=1", "image/webp"}};
  for (const auto& each : kCases) {
    const auto image = ParseVehicleImage(Answer(each.header, "the file"));
    ASSERT_TRUE(image.ok()) << each.header << image.status();
    EXPECT_EQ(image->media_type, each.type);
    EXPECT_EQ(image->file, "the file");
  }
}

TEST(ParseVehicleImageTest, GoesByTheFileWhereTheContentTypeSaysNothing) {
  for (const char* header : {"", "application/octet-stream", "*/*"}) {
    EXPECT_EQ(ParseVehicleImage(Answer(header, kPng))->media_type, "image/png") << header;
    EXPECT_EQ(ParseVehicleImage(Answer(header, kJpeg))->media_type, "image/jpeg") << header;
  }
}

TEST(ParseVehicleImageTest, RefusesWhatIsNoPicture) {
  for (const HttpResponse& response :
       {Answer("application/json", "{\"image\":\"s3cr3t\"}"), Answer("text/html", "<html></html>"),
        Answer("", "s3cr3t"), Answer("", ""), Answer("image/png", ""),
        Answer("application/octet-stream", "PNG")}) {
    const absl::Status status = ParseVehicleImage(response).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST(ParseVehicleImageTest, DistrustsATypeThatIsNone) {
  for (const std::string& header :
       {std::string("image/"), std::string("image/\xff"), std::string("image/p ng"),
        std::string("image/png/x"), "image/" + std::string(1000, 'x')}) {
    EXPECT_EQ(ParseVehicleImage(Answer(header, kPng))->media_type, "image/png") << header;
    EXPECT_EQ(ReasonOf(ParseVehicleImage(Answer(header, "the file")).status()),
              v1::ERROR_REASON_UPSTREAM_MALFORMED)
        << header;
  }
}

}  // namespace
}  // namespace cardata
