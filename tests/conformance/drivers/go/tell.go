// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// line is one line of the output.
type line struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Value    any    `json:"value"`
	Sequence int64  `json:"sequence"`
	Token    string `json:"token"`
}

var output sync.Mutex

func tell(what line) {
	text, err := json.Marshal(what)
	if err != nil {
		log.Fatal(err)
	}
	output.Lock()
	defer output.Unlock()
	if _, err := os.Stdout.Write(append(text, '\n')); err != nil {
		log.Fatal(err)
	}
}

func tellUpdate(name string, update cardata.Update) {
	told := line{Name: name, Sequence: update.Sequence, Token: update.ResumeToken}
	switch value := update.Value.(type) {
	case *cardata.Reconnecting:
		told.Kind = "reconnecting"
		told.Value = map[string]any{"error": errorAsValue(cardata.ErrorOf(value.Err)), "attempt": value.Attempt}
	case *cardatav1.Entry:
		bytes, err := proto.Marshal(value)
		if err != nil {
			log.Fatal(err)
		}
		told.Kind = "entry"
		told.Value = map[string]any{"bytes": hex.EncodeToString(bytes)}
	case proto.Message:
		kind := string(value.ProtoReflect().Descriptor().Name())
		told.Kind = strings.ToLower(kind[:1]) + kind[1:]
		told.Value = asJSON(value)
	default:
		log.Fatalf("an update is a %T", value)
	}
	tell(told)
}

func tellResponse(name string, response proto.Message) {
	tell(line{Name: name, Kind: "response", Value: asJSON(response)})
}

func tellEnd(name string, err error) {
	told := line{Name: name, Kind: "ended"}
	if err != nil {
		told.Value = errorAsValue(cardata.ErrorOf(err))
	}
	tell(told)
}

func asJSON(message proto.Message) json.RawMessage {
	text, err := protojson.Marshal(message)
	if err != nil {
		log.Fatal(err)
	}
	return text
}
