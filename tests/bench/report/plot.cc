// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/report/report.h"
#include "tests/bench/report/summary.h"

namespace cardata::bench {
namespace {

struct Point {
  double x;
  double y;
};

struct Series {
  const char* name;
  const char* colour;
  const char* dashes;  // empty: a full line
  const char* system;
  bool shared_channel;
};
constexpr std::array<Series, 5> kSeries = {{
    {"gateway, a connection each", "#0b62c4", "", kGateway, false},
    {"gateway, one shared connection", "#0b62c4", "6 4", kGateway, true},
    {"bare TCP, batching", "#6b7280", "2 3", kBareTcp, false},
    {"nats-server", "#178a3c", "", kNats, false},
    {"Mosquitto", "#c2410c", "", kMosquitto, false},
}};

constexpr double kWidth = 960;
constexpr double kHeight = 430;
constexpr double kTop = 56;
constexpr double kBottom = 330;
constexpr double kPanel = 380;  // width of one chart

std::string Text(double x, double y, const char* anchor, const char* style,
                 const std::string& text) {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" style=\"%s\">%s</text>\n",
                         x, y, anchor, style, text);
}

std::string Line(double x1, double y1, double x2, double y2, const char* colour) {
  return absl::StrFormat("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                         x1, y1, x2, y2, colour);
}

// 1, 10, 100 k, 1 M.
std::string Short(double value) {
  if (value >= 1e6) return absl::StrFormat("%g M", value / 1e6);
  if (value >= 1e3) return absl::StrFormat("%g k", value / 1e3);
  return absl::StrFormat("%g", value);
}

// One chart, both axes logarithmic.
class Chart {
 public:
  Chart(double left, const char* title, std::vector<std::vector<Point>> lines)
      : left_(left), title_(title), lines_(std::move(lines)) {
    double low = HUGE_VAL;
    double high = 0;
    for (const auto& line : lines_) {
      for (const Point& point : line) {
        low = std::min(low, point.y);
        high = std::max(high, point.y);
        last_x_ = std::max(last_x_, point.x);
      }
    }
    if (high <= 0) return;
    low_ = std::floor(std::log10(low));
    high_ = std::max(low_ + 1, std::ceil(std::log10(high)));
  }

  std::string Svg() const {
    std::string svg = Text(left_, kTop - 18, "start", "font-weight:600;font-size:14px", title_);
    for (double decade = low_; decade <= high_; ++decade) {
      const double y = Y(std::pow(10, decade));
      svg += Line(left_, y, left_ + kPanel, y, "#e2e5ea");
      svg += Text(left_ - 8, y + 4, "end", "", Short(std::pow(10, decade)));
    }
    for (const double x : {1.0, 10.0, 100.0, 1000.0, 5000.0}) {
      if (x > last_x_) break;
      svg += Line(X(x), kBottom, X(x), kBottom + 5, "#8a919c");
      svg += Text(X(x), kBottom + 20, "middle", "", Short(x));
    }
    svg += Line(left_, kBottom, left_ + kPanel, kBottom, "#8a919c");
    svg += Text(left_ + kPanel / 2, kBottom + 38, "middle", "fill:#5b6370", "subscribers");
    for (size_t i = 0; i < lines_.size(); ++i) svg += Curve(kSeries[i], lines_[i]);
    return svg;
  }

 private:
  std::string Curve(const Series& series, const std::vector<Point>& line) const {
    std::string points;
    std::string dots;
    for (const Point& point : line) {
      absl::StrAppendFormat(&points, "%.1f,%.1f ", X(point.x), Y(point.y));
      absl::StrAppendFormat(&dots, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                            X(point.x), Y(point.y), series.colour);
    }
    return absl::StrFormat(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
        "stroke-dasharray=\"%s\"/>\n%s",
        points, series.colour, series.dashes, dots);
  }

  double X(double value) const {
    return left_ + 12 + (kPanel - 24) * std::log10(value) / std::max(1.0, std::log10(last_x_));
  }
  double Y(double value) const {
    return kBottom - (kBottom - kTop) * (std::log10(value) - low_) / (high_ - low_);
  }

  const double left_;
  const char* const title_;
  const std::vector<std::vector<Point>> lines_;
  double last_x_ = 10;
  double low_ = 0;
  double high_ = 1;
};

template <typename Get>
std::vector<std::vector<Point>> Lines(const std::map<FanOutKey, FanOutSummary>& summaries,
                                      Get get) {
  std::vector<std::vector<Point>> lines;
  for (const Series& series : kSeries) {
    std::vector<Point>& line = lines.emplace_back();
    for (const auto& [key, summary] : summaries) {
      const auto& [subscribers, connections, system] = key;
      const bool fits = connections == (series.shared_channel ? 1 : subscribers);
      if (system == series.system && fits && summary.runs > 0 && get(summary) > 0)
        line.push_back({static_cast<double>(subscribers), get(summary)});
    }
  }
  return lines;
}

}  // namespace

std::string Plot(const Figures& figures) {
  const auto summaries = Summarise(figures.fan_out);
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\" "
      "font-family=\"system-ui,sans-serif\" font-size=\"12\" fill=\"#1c2330\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight, kWidth, kHeight);
  svg += Chart(70, "Deliveries a second, saturated",
               Lines(summaries, [](const auto& one) { return one.deliveries_per_second; }))
             .Svg();
  svg += Chart(550, "p99 from publish to subscriber, ms, at 10 events/s",
               Lines(summaries, [](const auto& one) { return one.p99 * 1e3; }))
             .Svg();
  double x = 70;
  for (const Series& series : kSeries) {
    svg += absl::StrFormat(
        "<line x1=\"%.1f\" y1=\"396\" x2=\"%.1f\" y2=\"396\" stroke=\"%s\" stroke-width=\"2\" "
        "stroke-dasharray=\"%s\"/>\n",
        x, x + 26, series.colour, series.dashes);
    svg += Text(x + 32, 400, "start", "", series.name);
    x += 52 + 6.6 * static_cast<double>(std::string(series.name).size());
  }
  svg += Text(70, 420, "start", "fill:#5b6370;font-size:11px",
              absl::StrCat("300 B an event, every event to every subscriber. ", figures.time,
                           " UTC, ", figures.machine));
  return svg + "</svg>\n";
}

}  // namespace cardata::bench
