// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// jsonOf is a message as proto's JSON on one line. (protojson alone varies its spaces, so that nobody relies on them.)
func jsonOf(message proto.Message) ([]byte, error) {
	spaced, err := protojson.Marshal(message)
	if err != nil {
		return nil, err
	}
	var line bytes.Buffer
	if err := json.Compact(&line, spaced); err != nil {
		return nil, err
	}
	return line.Bytes(), nil
}

// printJSON writes messages, one a line.
func printJSON[M proto.Message](a *app, messages ...M) error {
	for _, message := range messages {
		line, err := jsonOf(message)
		if err != nil {
			return err
		}
		if _, err := a.out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}
