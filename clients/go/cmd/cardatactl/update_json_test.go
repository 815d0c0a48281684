// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"testing"
	"time"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func TestUpdatesAsJSON(t *testing.T) {
	for _, test := range []struct {
		update   cardata.Update
		expected string
	}{
		{cardata.Update{Value: &cardatav1.Event{Vin: "WBA00000000000001", Raw: "82"}, Sequence: 17, ResumeToken: "t1"},
			`{"sequence":"17","event":{"vin":"WBA00000000000001","raw":"82"},"resumeToken":"t1"}`},
		{cardata.Update{Value: &cardatav1.Gap{Cause: cardatav1.GapCause_GAP_CAUSE_NETWORK}, Sequence: 18},
			`{"sequence":"18","gap":{"cause":"GAP_CAUSE_NETWORK"}}`},
		{cardata.Update{Value: &cardatav1.NotKept{FirstSequence: 1}, Sequence: 19}, `{"sequence":"19","notKept":{"firstSequence":"1"}}`},
		{cardata.Update{Value: &cardatav1.CaughtUp{}, ResumeToken: "t2"}, `{"caughtUp":{},"resumeToken":"t2"}`},
		{cardata.Update{Value: &cardata.Reconnecting{Attempt: 2, Delay: 1250 * time.Millisecond, Err: errors.New("gone")}},
			`{"reconnecting":{"attempt":2,"delay":"1.250s","error":"gone (Unknown)"}}`},
		{cardata.Update{Value: &cardatav1.Entry{Sequence: 20}, Sequence: 20}, ""},
	} {
		if line, err := updateJSON(test.update); err != nil || string(line) != test.expected {
			t.Errorf("%v is %s, %v", test.update, line, err)
		}
	}
}
