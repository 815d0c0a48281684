// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// updateJSON is an update as an object of one member, named as in the proto's JSON, with "sequence" before it and "resumeToken" after
// it where there are such. It is nil for what this program does not know.
func updateJSON(update cardata.Update) ([]byte, error) {
	var name string
	switch value := update.Value.(type) {
	case *cardatav1.Event:
		name = "event"
	case *cardatav1.Position:
		name = "position"
	case *cardatav1.Gap:
		name = "gap"
	case *cardatav1.NotKept:
		name = "notKept"
	case *cardatav1.AccountRemoved:
		name = "accountRemoved"
	case *cardatav1.Started:
		name = "started"
	case *cardatav1.CaughtUp:
		name = "caughtUp"
	case *cardatav1.Lag:
		name = "lag"
	case *cardatav1.Heartbeat:
		name = "heartbeat"
	case *cardata.Reconnecting:
		return reconnectingJSON(value)
	default:
		return nil, nil
	}
	value, err := jsonOf(update.Value.(proto.Message))
	if err != nil {
		return nil, err
	}

	var line bytes.Buffer
	line.WriteByte('{')
	if update.Sequence != 0 {
		line.WriteString(`"sequence":"` + strconv.FormatInt(update.Sequence, 10) + `",`)
	}
	line.WriteString(`"` + name + `":`)
	line.Write(value)
	if update.ResumeToken != "" {
		token, err := json.Marshal(update.ResumeToken)
		if err != nil {
			return nil, err
		}
		line.WriteString(`,"resumeToken":`)
		line.Write(token)
	}
	line.WriteByte('}')
	return line.Bytes(), nil
}

func reconnectingJSON(value *cardata.Reconnecting) ([]byte, error) {
	type reconnecting struct {
		Attempt int    `json:"attempt"`
		Delay   string `json:"delay"`
		Error   string `json:"error,omitempty"`
	}
	said := reconnecting{Attempt: value.Attempt, Delay: strconv.FormatFloat(value.Delay.Seconds(), 'f', 3, 64) + "s"}
	if value.Err != nil {
		said.Error = cardata.ErrorOf(value.Err).String()
	}
	return json.Marshal(map[string]reconnecting{"reconnecting": said})
}
