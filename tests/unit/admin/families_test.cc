// SPDX-License-Identifier: Apache-2.0
#include "server/admin/families.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include <string>

#include "absl/time/time.h"

namespace cardata {
namespace {

using testing::HasSubstr;

std::string Text(Families& families) {
  return prometheus::TextSerializer().Serialize(families.Take());
}

TEST(Families, SamplesOfOneNameStandTogether) {
  Families families;
  families.Gauge("a", "An a.", 1, {{"kind", "x"}});
  families.Gauge("b", "A b.", 2);
  families.Gauge("a", "An a.", 3, {{"kind", "y"}});
  EXPECT_EQ(Text(families),
            "# HELP a An a.\n# TYPE a gauge\na{kind=\"x\"} 1\na{kind=\"y\"} 3\n"
            "# HELP b A b.\n# TYPE b gauge\nb 2\n");
}

TEST(Families, BucketsOfAHistogramAreCumulativeAndTheirBoundsInclusive) {
  DurationHistogram histogram;
  histogram.Observe(absl::Milliseconds(1));
  histogram.Observe(absl::Milliseconds(2));
  histogram.Observe(absl::Minutes(1));
  Families families;
  families.Histogram("took_seconds", "Time.", histogram);
  const std::string text = Text(families);
  EXPECT_THAT(text, HasSubstr("took_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_sum 60.003\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"0.0025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"30\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_bucket{le=\"+Inf\"} 3\n"));
}

TEST(Families, LabelsAreEnumeratorsInLowerCase) {
  EXPECT_EQ(LabelOf("STREAM_STATE_LIVE", "STREAM_STATE_"), "live");
}

}  // namespace
}  // namespace cardata
