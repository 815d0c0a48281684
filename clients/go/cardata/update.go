// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"time"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// Update is what a subscription tells.
type Update struct {
	// What happened, one of
	//
	//	*cardatav1.Event           a value arrived
	//	*cardatav1.Position        latitude and longitude of one fix; only if the request asks for positions
	//	*cardatav1.Gap             BMW was not connected for a while: what was sent then is lost
	//	*cardatav1.NotKept         entries may have been delivered that the gateway's log does not hold
	//	*cardatav1.AccountRemoved  an account was removed
	//	*cardatav1.Started         the gateway has accepted the subscription; also after each reconnection
	//	*cardatav1.CaughtUp        what follows is live
	//	*cardatav1.Lag             entries were not delivered to this subscription
	//	*cardatav1.Heartbeat       the stream is alive, and how the accounts' connections to BMW are; at an interval
	//	*Reconnecting              the connection was lost, and is made anew
	//	*cardatav1.Entry           an entry of a kind that only a newer gateway knows: its unknown fields have it
	//
	// Expect others, and skip them.
	Value any

	// The number of the entry, for the first five and an unknown one; 0 for the others.
	Sequence int64

	// Where to begin the next time, so that everything after this update arrives. Only the last update of what the gateway sent
	// together has one. Keep the last that was not empty, once what came before it has been dealt with, and put it as
	// SubscribeRequest_ResumeToken into the next request.
	ResumeToken string
}

// Reconnecting tells that the subscription's stream ended. Nothing is lost by that: the next one begins where it ended.
type Reconnecting struct {
	// Why; nil if the gateway ended the stream without an error.
	Err error

	// Which attempt the next one is, counted from 1 since the gateway last sent something.
	Attempt int

	// How long until then. It may be shorter: where the connection itself was lost, the attempt follows as soon as there is a new one.
	Delay time.Duration
}

// valueOf is the entry itself where it is of a kind that this version does not know.
func valueOf(entry *cardatav1.Entry) any {
	switch kind := entry.GetKind().(type) {
	case *cardatav1.Entry_Event:
		return kind.Event
	case *cardatav1.Entry_Position:
		return kind.Position
	case *cardatav1.Entry_Gap:
		return kind.Gap
	case *cardatav1.Entry_NotKept:
		return kind.NotKept
	case *cardatav1.Entry_AccountRemoved:
		return kind.AccountRemoved
	}
	return entry
}

// noticeOf is nil where there is no notice, or one of a kind that this version does not know.
func noticeOf(response *cardatav1.SubscribeResponse) any {
	switch notice := response.GetNotice().(type) {
	case *cardatav1.SubscribeResponse_Started:
		return notice.Started
	case *cardatav1.SubscribeResponse_CaughtUp:
		return notice.CaughtUp
	case *cardatav1.SubscribeResponse_Heartbeat:
		return notice.Heartbeat
	case *cardatav1.SubscribeResponse_Lag:
		return notice.Lag
	}
	return nil
}
