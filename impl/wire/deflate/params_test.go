// SPDX-License-Identifier: MIT

package deflate

import "testing"

func TestNextExtension(t *testing.T) {
	list := ` foo , , permessage-deflate; a=1 ;b="x,y;z\"," , bar;c,`
	want := []Extension{
		{"foo", ""},
		{"permessage-deflate", `; a=1 ;b="x,y;z\","`},
		{"bar", ";c"},
	}
	for i := 0; ; i++ {
		ext, rest, ok := NextExtension(list)
		if !ok {
			if i != len(want) {
				t.Errorf("%d elements, want %d", i, len(want))
			}
			break
		}
		if i >= len(want) || ext != want[i] {
			t.Fatalf("element %d: %q", i, ext)
		}
		list = rest
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		params          string
		want            Params
		offer, response error
	}{
		{"", Params{}, nil, nil},
		{" ", Params{}, nil, nil},
		{"; server_no_context_takeover", Params{ServerNoContextTakeover: true}, nil, nil},
		{";client_no_context_takeover", Params{ClientNoContextTakeover: true}, nil, nil},
		{"; server_max_window_bits=8", Params{ServerMaxWindowBits: 8}, nil, nil},
		{"; server_max_window_bits = \"15\" ", Params{ServerMaxWindowBits: 15}, nil, nil},
		{`; server_max_window_bits="\1\5"`, Params{ServerMaxWindowBits: 15}, nil, nil},
		{"; client_max_window_bits=10;server_max_window_bits=12", Params{ClientMaxWindowBits: 10, ServerMaxWindowBits: 12}, nil, nil},
		{"; client_max_window_bits", Params{ClientMaxWindowBits: NoValue}, nil, ErrValue},

		{"; server_max_window_bits", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=7", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=16", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=08", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=+9", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=9999999999999999999999", Params{}, ErrValue, ErrValue},
		{"; server_max_window_bits=", Params{}, ErrSyntax, ErrSyntax},
		{`; server_max_window_bits=""`, Params{}, ErrSyntax, ErrSyntax},
		{`; server_max_window_bits="10`, Params{}, ErrSyntax, ErrSyntax},
		{"; server_no_context_takeover=1", Params{}, ErrValue, ErrValue},
		{"; server_no_context_takeover; server_no_context_takeover", Params{}, ErrDuplicate, ErrDuplicate},
		{"; client_max_window_bits; client_max_window_bits=9", Params{}, ErrDuplicate, ErrValue},
		{"; x_unknown", Params{}, ErrUnknown, ErrUnknown},
		{"; ", Params{}, ErrSyntax, ErrSyntax},
		{"; a b", Params{}, ErrSyntax, ErrSyntax},
		{"a", Params{}, ErrSyntax, ErrSyntax},
	}
	for _, tt := range tests {
		p, err := ParseOffer(tt.params)
		if err != tt.offer || err == nil && p != tt.want {
			t.Errorf("offer %q: %+v, %v", tt.params, p, err)
		}
		p, err = ParseResponse(tt.params)
		if err != tt.response || err == nil && p != tt.want {
			t.Errorf("response %q: %+v, %v", tt.params, p, err)
		}
	}
}

func TestParamsString(t *testing.T) {
	tests := []struct {
		p    Params
		want string
	}{
		{Params{}, "permessage-deflate"},
		{Params{ClientMaxWindowBits: NoValue}, "permessage-deflate; client_max_window_bits"},
		{Params{true, true, 9, 15}, "permessage-deflate; server_no_context_takeover; " +
			"client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=15"},
	}
	for _, tt := range tests {
		if got := tt.p.String(); got != tt.want {
			t.Errorf("%+v: %s", tt.p, got)
		}
		if back, err := ParseOffer(tt.p.String()[len(Name):]); err != nil || back != tt.p {
			t.Errorf("%+v comes back as %+v, %v", tt.p, back, err)
		}
	}
}

func TestNegotiate(t *testing.T) {
	tests := []struct {
		header string
		own    Params
		want   string // "" to decline
	}{
		{"", Params{}, ""},
		{"x-webkit-deflate-frame", Params{}, ""},
		{"permessage-deflate", Params{}, "permessage-deflate"},
		{"permessage-deflate; client_max_window_bits", Params{}, "permessage-deflate"},
		{"permessage-deflate; client_max_window_bits", Params{ClientMaxWindowBits: 10}, "permessage-deflate; client_max_window_bits=10"},
		{"permessage-deflate; client_max_window_bits=9", Params{ClientMaxWindowBits: 10}, "permessage-deflate; client_max_window_bits=9"},
		{"permessage-deflate", Params{ClientMaxWindowBits: 10}, "permessage-deflate"},
		{"permessage-deflate; server_max_window_bits=12", Params{ServerMaxWindowBits: 14}, "permessage-deflate; server_max_window_bits=12"},
		{"permessage-deflate; server_max_window_bits=12", Params{ServerMaxWindowBits: 9}, "permessage-deflate; server_max_window_bits=9"},
		{"permessage-deflate", Params{ServerMaxWindowBits: 9}, "permessage-deflate; server_max_window_bits=9"},
		{"permessage-deflate; server_no_context_takeover", Params{ClientNoContextTakeover: true},
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
		{"permessage-deflate; server_max_window_bits=7, permessage-deflate", Params{}, "permessage-deflate"},
		{"permessage-deflate; unknown=1, foo, permessage-deflate; server_max_window_bits=10", Params{}, "permessage-deflate; server_max_window_bits=10"},
		{"permessage-deflate; unknown", Params{}, ""},
	}
	for _, tt := range tests {
		resp, ok := Negotiate(tt.header, tt.own)
		if ok != (tt.want != "") || ok && resp.String() != tt.want {
			t.Errorf("%q, %+v: %t %s", tt.header, tt.own, ok, resp)
		}
	}
}

func TestCheckResponse(t *testing.T) {
	tests := []struct {
		offer, resp string
		want        error
	}{
		{"", "", nil},
		{"; client_max_window_bits", "; client_max_window_bits=8", nil},
		{"; client_max_window_bits", "", nil},
		{"", "; client_max_window_bits=15", ErrResponse},
		{"; client_max_window_bits=10", "; client_max_window_bits=11", ErrResponse},
		{"; server_max_window_bits=10", "; server_max_window_bits=10", nil},
		{"; server_max_window_bits=10", "; server_max_window_bits=11", ErrResponse},
		{"; server_max_window_bits=10", "", ErrResponse},
		{"", "; server_max_window_bits=9", nil},
		{"; server_no_context_takeover", "", ErrResponse},
		{"; client_no_context_takeover", "", nil},
		{"", "; client_no_context_takeover; server_no_context_takeover", nil},
	}
	for _, tt := range tests {
		offer, err1 := ParseOffer(tt.offer)
		resp, err2 := ParseResponse(tt.resp)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := CheckResponse(offer, resp); got != tt.want {
			t.Errorf("%q, %q: %v", tt.offer, tt.resp, got)
		}
	}
}

func TestWindowBits(t *testing.T) {
	p := Params{ServerMaxWindowBits: 9, ClientMaxWindowBits: NoValue}
	if s, c := p.ServerWindowBits(), p.ClientWindowBits(); s != 9 || c != 15 {
		t.Errorf("%d, %d", s, c)
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add(`permessage-deflate; client_max_window_bits; server_max_window_bits="10", foo; bar="a,\"b"`)
	f.Fuzz(func(t *testing.T, header string) {
		resp, ok := Negotiate(header, Params{ServerMaxWindowBits: 12})
		if !ok {
			return
		}
		if again, err := ParseResponse(resp.String()[len(Name):]); err != nil || again != resp {
			t.Fatalf("%+v comes back as %+v, %v", resp, again, err)
		}
	})
}
