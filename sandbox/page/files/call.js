/* One call of a browser phone, with the interface of `Call` in Twilio's Voice SDK. The sound is SandboxVoice's. */

class Call extends Emitter {
  static State = Object.freeze({
    Closed: "closed", Connecting: "connecting", Open: "open", Pending: "pending",
    Reconnecting: "reconnecting", Ringing: "ringing",
  });
  static CallDirection = Object.freeze({ Incoming: "INCOMING", Outgoing: "OUTGOING" });

  #device;
  #sid;
  #state = Call.State.Pending;
  #voice = null;
  #isMuted = false;

  constructor(device, { call, parameters }) {
    super();
    this.#device = device;
    this.#sid = call;
    this.parameters = parameters;
    this.customParameters = new Map();
    this.callerInfo = null;
    this.codec = "opus";
  }

  get direction() {
    return Call.CallDirection.Incoming;
  }

  status() {
    return this.#state;
  }

  isMuted() {
    return this.#isMuted;
  }

  accept({ rtcConstraints } = {}) {
    if (this.#state !== Call.State.Pending) return;
    this.#state = Call.State.Connecting;
    this.#voice = this.#device.openVoice(this.#sid, rtcConstraints?.audio);
    this.#voice.ready.then(() => {
      if (this.#state !== Call.State.Connecting) return;
      /* Twilio's phone gives up without a microphone. Here the other side can be read, so this one listens. */
      if (this.#voice.problem) this.emit("warning", "sandbox-no-microphone", { reason: this.#voice.problem });
      this.#device.say({ type: "accept", call: this.#sid });
    });
  }

  reject() {
    if (this.#state !== Call.State.Pending) return;
    this.#close();
    this.#device.say({ type: "reject", call: this.#sid });
    this.emit("reject");
  }

  ignore() {
    if (this.#state === Call.State.Pending) this.#close();
  }

  disconnect() {
    if (this.#state === Call.State.Open) this.#device.say({ type: "disconnect", call: this.#sid });
    else if (this.#state === Call.State.Connecting) this.end();
  }

  mute(shouldMute = true) {
    if (shouldMute === this.#isMuted) return;
    this.#isMuted = shouldMute;
    if (this.#state === Call.State.Open) this.#voice.mute(shouldMute);
    this.emit("mute", shouldMute, this);
  }

  sendDigits(digits) {
    if (!/^[0-9*#w]+$/.test(digits)) throw new PhoneError(31003, "Illegal character in digits", "InvalidArgumentError");
    if (this.#state === Call.State.Open) this.#device.say({ type: "digits", call: this.#sid, digits });
  }

  getLocalStream() {
    return this.#voice?.stream ?? undefined;
  }

  getRemoteStream() {
    return this.#voice ? new MediaStream(this.#voice.received) : undefined;
  }

  postFeedback() {
    return Promise.resolve();
  }

  /* What the device passes on from the carrier. */

  accepted() {
    this.#state = Call.State.Open;
    if (this.#isMuted) this.#voice.mute(true);
    this.emit("accept", this);
  }

  settle(peers) {
    this.#voice?.settle(peers);
  }

  take(peer, payload) {
    this.#voice?.take(peer, payload);
  }

  caption(text, from) {
    this.emit("sandbox-caption", { text, from });
  }

  cancelled() {
    if (this.#state === Call.State.Closed) return;
    this.#close();
    this.emit("cancel");
  }

  end() {
    if (this.#state === Call.State.Closed) return;
    const wasPending = this.#state === Call.State.Pending;
    this.#close();
    this.emit(wasPending ? "cancel" : "disconnect", this);
  }

  get voice() {
    return this.#voice;
  }

  #close() {
    this.#state = Call.State.Closed;
    this.#voice?.close();
    this.#device.forget(this.#sid);
  }
}
