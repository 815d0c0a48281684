// SPDX-License-Identifier: Apache-2.0

// Driver does with the Go client what the conformance runner says; ../../README.md has the commands.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
)

// command is one line of the input.
type command struct {
	Do          string
	Name        string
	Request     json.RawMessage
	Target      string
	CA          string
	Certificate string
	Key         string
	ServerName  string `json:"server_name"`
	Plaintext   bool
	Method      string
	Deadline    float64 // seconds; 0: none
}

func main() {
	driver := newDriver()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var next command
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			log.Fatal(err)
		}
		if err := driver.do(next); err != nil {
			log.Fatalf("%s: %v", next.Do, err)
		}
	}
	driver.end()
}
