// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// when reads a point in time: how long ago ("45m", "12h", "30d"), a day where the person is ("2026-08-01"), or RFC 3339.
func when(text string, now time.Time) (time.Time, error) {
	if length, err := duration(text); err == nil && length >= 0 {
		return now.Add(-length), nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: say how long ago (45m, 12h, 30d), a day (2026-08-01) or 2026-08-01T10:00:00Z", text)
}

// duration is Go's, and days.
func duration(text string) (time.Duration, error) {
	if number, is := strings.CutSuffix(text, "d"); is {
		days, err := strconv.Atoi(number)
		return time.Duration(days) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}
