// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/types/known/timestamppb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// printable escapes what would move the cursor or change the terminal: texts come from vehicles and from BMW.
func printable(text string) string {
	var out strings.Builder
	for _, character := range text {
		if unicode.IsControl(character) || unicode.Is(unicode.Bidi_Control, character) {
			quoted := strconv.QuoteRuneToASCII(character)
			out.WriteString(quoted[1 : len(quoted)-1])
		} else {
			out.WriteRune(character)
		}
	}
	return out.String()
}

// valueText is a value for people.
func valueText(event *cardatav1.Event) string {
	switch kind := event.GetValue().GetKind().(type) {
	case *cardatav1.Value_Number:
		return strconv.FormatFloat(kind.Number, 'f', -1, 64)
	case *cardatav1.Value_Boolean:
		return strconv.FormatBool(kind.Boolean)
	case *cardatav1.Value_Time:
		return clock(kind.Time)
	case *cardatav1.Value_NoValue:
		if kind.NoValue != cardatav1.NoValue_NO_VALUE_UNPARSABLE {
			return "–"
		}
	}
	return printable(event.GetRaw())
}

// clock is a point in time where the person is; empty where there is none.
func clock(at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return at.AsTime().Local().Format("2006-01-02 15:04:05")
}

// age is how long ago it was; empty where there is no time.
func age(now time.Time, at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return span(max(0, now.Sub(at.AsTime())))
}

// span is a length of time in one or two units.
func span(length time.Duration) string {
	length = length.Round(time.Second)
	days, hours, minutes, seconds := int(length.Hours())/24, int(length.Hours())%24, int(length.Minutes())%60, int(length.Seconds())%60
	switch {
	case days >= 10:
		return fmt.Sprintf("%dd", days)
	case days > 0:
		return fmt.Sprintf("%dd %dh", days, hours)
	case hours > 0:
		return fmt.Sprintf("%dh %02dm", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%dm %02ds", minutes, seconds)
	}
	return fmt.Sprintf("%ds", seconds)
}

// word is an enum's value for people: of STREAM_STATE_LIVE, whose type's prefix is STREAM_STATE_, it is "live".
func word(value fmt.Stringer, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(value.String(), prefix)), "_", " ")
}

// amount is "1 event", "2 events".
func amount(number int, noun string) string {
	if number != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", number, noun)
}

// cost says what a read spent.
func cost(read *cardatav1.Read) string {
	if read.GetSource() == cardatav1.ReadSource_READ_SOURCE_CACHE {
		return "from the gateway's memory; no request was spent"
	}
	return amount(int(read.GetRequestsSpent()), "request") + " of the day's 50 spent"
}
