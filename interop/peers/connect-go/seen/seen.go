// SPDX-License-Identifier: MIT

// Package seen tells the compressed flag of each gRPC message of a body, which connect's API does not.
package seen

import (
	"context"
	"encoding/binary"
	"io"
	"sync"
)

// Flags are those of the messages that nobody has asked about yet, in order.
type Flags struct {
	lock       sync.Mutex
	compressed []bool
}

// Next tells whether the next message was compressed; ok is false when there was none.
func (flags *Flags) Next() (compressed, ok bool) {
	flags.lock.Lock()
	defer flags.lock.Unlock()
	if len(flags.compressed) == 0 {
		return false, false
	}
	compressed = flags.compressed[0]
	flags.compressed = flags.compressed[1:]
	return compressed, true
}

func (flags *Flags) add(compressed bool) {
	flags.lock.Lock()
	defer flags.lock.Unlock()
	flags.compressed = append(flags.compressed, compressed)
}

type key struct{}

// With makes flags known to whoever gets the context.
func With(ctx context.Context, flags *Flags) context.Context {
	return context.WithValue(ctx, key{}, flags)
}

// In finds the flags of a call. They are empty when nobody watches it.
func In(ctx context.Context) *Flags {
	if flags, ok := ctx.Value(key{}).(*Flags); ok {
		return flags
	}
	return &Flags{}
}

// Watch changes nothing of what is read from the body.
func Watch(body io.ReadCloser, flags *Flags) io.ReadCloser {
	return &watched{ReadCloser: body, flags: flags}
}

const prefixLen = 5

type watched struct {
	io.ReadCloser
	flags  *Flags
	prefix []byte // of the message that begins: its flag and four octets of length, as far as they have come
	left   int    // octets of the present message still to come
}

func (body *watched) Read(into []byte) (int, error) {
	count, err := body.ReadCloser.Read(into)
	body.scan(into[:count])
	return count, err
}

func (body *watched) scan(data []byte) {
	for len(data) > 0 {
		skip := min(body.left, len(data))
		body.left -= skip
		data = data[skip:]

		take := min(prefixLen-len(body.prefix), len(data))
		body.prefix = append(body.prefix, data[:take]...)
		data = data[take:]
		if len(body.prefix) == prefixLen {
			body.flags.add(body.prefix[0] == 1)
			body.left = int(binary.BigEndian.Uint32(body.prefix[1:]))
			body.prefix = body.prefix[:0]
		}
	}
}
