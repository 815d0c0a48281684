// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"slices"
	"testing"
	"testing/synctest"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// unknown is a field that this version does not know.
func unknown(text string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, 1000, protowire.BytesType), text)
}

func TestAnEntryOfAnUnknownKindIsHandedOnWithItsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		response := events("t1", 1, 2)
		response.Entries[0] = &cardatav1.Entry{Sequence: 1}
		response.Entries[0].ProtoReflect().SetUnknown(unknown("new"))
		taken := take(t, startFake(t, sends(response)).connect(), nil, 2)
		expect(t, taken, "*cardatav1.Entry 1 ", "*cardatav1.Event 2 t1")
		if bytes := taken[0].Value.(*cardatav1.Entry).ProtoReflect().GetUnknown(); !slices.Equal(bytes, unknown("new")) {
			t.Errorf("its bytes are %q", bytes)
		}
	})
}

func TestAnUnknownNoticeIsSkippedAndItsTokenIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alone, withEntry := &cardatav1.SubscribeResponse{ResumeToken: "t1"}, events("t2", 1)
		alone.ProtoReflect().SetUnknown(unknown("new"))
		withEntry.ProtoReflect().SetUnknown(unknown("new"))
		last := proto.CloneOf(alone)
		last.ResumeToken = "t3"
		gateway := startFake(t, endsWith(nil, alone, withEntry, last), sends(events("t4", 2)))
		expect(t, take(t, gateway.connect(), nil, 3),
			"*cardatav1.Event 1 t2",
			"Reconnecting 1 in 500ms: OK",
			"*cardatav1.Event 2 t4",
		)
		if token := gateway.asked()[1].GetResumeToken(); token != "t3" {
			t.Errorf("resumed with %q", token)
		}
	})
}

func TestUnknownFieldsAndEnumValuesArePassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		response := events("t1", 1)
		event := response.Entries[0].GetEvent()
		event.Source = 77
		event.Value = &cardatav1.Value{}
		event.Value.ProtoReflect().SetUnknown(unknown("a new kind of value"))
		taken := take(t, startFake(t, sends(response)).connect(), nil, 1)
		if !proto.Equal(taken[0].Value.(*cardatav1.Event), event) {
			t.Errorf("got %v", taken[0].Value)
		}
	})
}
