// SPDX-License-Identifier: MIT

package engine

// Reason is why a callback runs: enum lws_callback_reasons.
type Reason int32

// The callback reasons, named and numbered as in lws-callbacks.h.
const (
	ReasonProtocolInit                         Reason = 27
	ReasonProtocolDestroy                      Reason = 28
	ReasonWSICreate                            Reason = 29
	ReasonWSIDestroy                           Reason = 30
	ReasonWSITXCreditGet                       Reason = 103
	ReasonOPENSSLLoadExtraClientVerifyCerts    Reason = 21
	ReasonOPENSSLLoadExtraServerVerifyCerts    Reason = 22
	ReasonOPENSSLPerformClientCertVerification Reason = 23
	ReasonOPENSSLContextRequiresPrivateKey     Reason = 37
	ReasonSSLInfo                              Reason = 67
	ReasonOPENSSLPerformServerCertVerification Reason = 58
	ReasonServerNewClientInstantiated          Reason = 19
	ReasonHTTP                                 Reason = 12
	ReasonHTTPBody                             Reason = 13
	ReasonHTTPBodyCompletion                   Reason = 14
	ReasonHTTPFileCompletion                   Reason = 15
	ReasonHTTPWriteable                        Reason = 16
	ReasonClosedHTTP                           Reason = 5
	ReasonFilterHTTPConnection                 Reason = 18
	ReasonAddHeaders                           Reason = 53
	ReasonVerifyBasicAuthorization             Reason = 102
	ReasonCheckAccessRights                    Reason = 51
	ReasonProcessHTML                          Reason = 52
	ReasonHTTPBindProtocol                     Reason = 49
	ReasonHTTPDropProtocol                     Reason = 50
	ReasonHTTPConfirmUpgrade                   Reason = 86
	ReasonEstablishedClientHTTP                Reason = 44
	ReasonClosedClientHTTP                     Reason = 45
	ReasonReceiveClientHTTPRead                Reason = 48
	ReasonReceiveClientHTTP                    Reason = 46
	ReasonCompletedClientHTTP                  Reason = 47
	ReasonClientHTTPWriteable                  Reason = 57
	ReasonClientHTTPRedirect                   Reason = 104
	ReasonClientHTTPBindProtocol               Reason = 85
	ReasonClientHTTPDropProtocol               Reason = 76
	ReasonEstablished                          Reason = 0
	ReasonClosed                               Reason = 4
	ReasonServerWriteable                      Reason = 11
	ReasonReceive                              Reason = 6
	ReasonReceivePong                          Reason = 7
	ReasonWSPeerInitiatedClose                 Reason = 38
	ReasonFilterProtocolConnection             Reason = 20
	ReasonConfirmExtensionOkay                 Reason = 25
	ReasonWSServerBindProtocol                 Reason = 77
	ReasonWSServerDropProtocol                 Reason = 78
	ReasonClientConnectionError                Reason = 1
	ReasonClientFilterPreEstablish             Reason = 2
	ReasonClientEstablished                    Reason = 3
	ReasonClientClosed                         Reason = 75
	ReasonClientAppendHandshakeHeader          Reason = 24
	ReasonClientReceive                        Reason = 8
	ReasonClientReceivePong                    Reason = 9
	ReasonClientWriteable                      Reason = 10
	ReasonClientConfirmExtensionSupported      Reason = 26
	ReasonWSExtDefaults                        Reason = 39
	ReasonFilterNetworkConnection              Reason = 17
	ReasonWSClientBindProtocol                 Reason = 79
	ReasonWSClientDropProtocol                 Reason = 80
	ReasonGetThreadID                          Reason = 31
	ReasonAddPollFD                            Reason = 32
	ReasonDelPollFD                            Reason = 33
	ReasonChangeModePollFD                     Reason = 34
	ReasonLockPoll                             Reason = 35
	ReasonUnlockPoll                           Reason = 36
	ReasonCGI                                  Reason = 40
	ReasonCGITerminated                        Reason = 41
	ReasonCGIStdinData                         Reason = 42
	ReasonCGIStdinCompleted                    Reason = 43
	ReasonCGIProcessAttach                     Reason = 70
	ReasonSessionInfo                          Reason = 54
	ReasonGSEvent                              Reason = 55
	ReasonHTTPPMO                              Reason = 56
	ReasonRAWRX                                Reason = 59
	ReasonRAWClose                             Reason = 60
	ReasonRAWWriteable                         Reason = 61
	ReasonRAWAdopt                             Reason = 62
	ReasonRAWConnected                         Reason = 101
	ReasonRAWSktBindProtocol                   Reason = 81
	ReasonRAWSktDropProtocol                   Reason = 82
	ReasonRAWAdoptFile                         Reason = 63
	ReasonRAWRXFile                            Reason = 64
	ReasonRAWWriteableFile                     Reason = 65
	ReasonRAWCloseFile                         Reason = 66
	ReasonRAWFileBindProtocol                  Reason = 83
	ReasonRAWFileDropProtocol                  Reason = 84
	ReasonTimer                                Reason = 73
	ReasonEventWaitCancelled                   Reason = 71
	ReasonChildClosing                         Reason = 69
	ReasonConnecting                           Reason = 105
	ReasonVhostCertAging                       Reason = 72
	ReasonVhostCertUpdate                      Reason = 74
	ReasonUser                                 Reason = 1000
)
