/* A browser phone with the interface of `Device` in Twilio's Voice SDK. It is called and answers; it calls nobody. */

const HOME = new URL(document.currentScript.src);
const SOCKET = `${HOME.protocol === "https:" ? "wss:" : "ws:"}//${HOME.host}/_sandbox/phone`;
const LONGEST_WAIT_MS = 10_000;

class Device extends Emitter {
  static State = Object.freeze({
    Destroyed: "destroyed", Registered: "registered", Registering: "registering", Unregistered: "unregistered",
  });
  static EventName = Object.freeze({
    Destroyed: "destroyed", Error: "error", Incoming: "incoming", Registered: "registered",
    Registering: "registering", TokenWillExpire: "tokenWillExpire", Unregistered: "unregistered",
  });
  static packageName = "sandbox-phone";

  static get isSupported() {
    return typeof RTCPeerConnection === "function";
  }

  #token;
  #options;
  #state = Device.State.Unregistered;
  #socket = null;
  #calls = new Map();
  #wants = false;
  #retryMs = 500;
  #retry = 0;
  #expiry = 0;
  #registering = null;
  #guardLeaving = (event) => {
    if (this.isBusy) event.preventDefault();
  };

  constructor(token, options = {}) {
    super();
    this.#token = token;
    this.#options = { tokenRefreshMs: 10_000, closeProtection: false, ...options };
    this.identity = "";
    this.edge = "sandbox";
    this.audio = new Sound(() => this.calls.map((call) => call.voice).filter(Boolean));
    if (this.#options.closeProtection) addEventListener("beforeunload", this.#guardLeaving);
  }

  get calls() {
    return [...this.#calls.values()];
  }

  get isBusy() {
    return this.calls.some((call) => call.status() === Call.State.Open);
  }

  get state() {
    return this.#state;
  }

  get token() {
    return this.#token;
  }

  register() {
    if (this.#state !== Device.State.Unregistered) {
      const text = `Attempt to register when device is in state "${this.#state}"`;
      return Promise.reject(new PhoneError(31005, text, "InvalidStateError"));
    }
    this.#wants = true;
    return new Promise((resolve, reject) => {
      this.#registering = { resolve, reject };
      this.#open();
    });
  }

  async unregister() {
    this.#wants = false;
    this.say({ type: "unregister" });
    this.#setState(Device.State.Unregistered);
  }

  updateToken(token) {
    this.#token = token;
    this.say({ type: "token", token });
  }

  updateOptions(options = {}) {
    this.#options = { ...this.#options, ...options };
  }

  connect() {
    return Promise.reject(new PhoneError(31000, "the sandbox's browser phones are called and call nobody"));
  }

  disconnectAll() {
    for (const call of this.calls) call.disconnect();
  }

  destroy() {
    if (this.#state === Device.State.Destroyed) return;
    this.#wants = false;
    clearTimeout(this.#retry);
    clearTimeout(this.#expiry);
    removeEventListener("beforeunload", this.#guardLeaving);
    this.#socket?.close();
    this.#endCalls();
    this.#setState(Device.State.Destroyed);
  }

  /* What calls ask of their device. */

  say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  forget(sid) {
    this.#calls.delete(sid);
  }

  openVoice(sid, audio) {
    const { input, output } = this.audio.chosen;
    return new SandboxVoice(sid, (message) => this.say(message), { audio: audio ?? input, sinkId: output });
  }

  #open() {
    this.#setState(Device.State.Registering);
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.say({ type: "register", token: this.#token });
      return;
    }
    const socket = new WebSocket(SOCKET);
    this.#socket = socket;
    socket.onopen = () => this.say({ type: "register", token: this.#token });
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#lost();
  }

  #hear(message) {
    const call = this.#calls.get(message.call);
    switch (message.type) {
      case "registered": return this.#registered(message);
      case "token": return this.#watchToken(message.seconds_left);
      case "unregistered": return this.#unregistered();
      case "incoming": return this.#incoming(message);
      case "accepted": return call?.accepted();
      case "peers": return call?.settle(message.peers);
      case "signal": return call?.take(message.peer, message.payload);
      case "caption": return call?.caption(message.text, message.from);
      case "cancel": return call?.cancelled();
      case "ended": return call?.end();
      case "error": return this.#failed(message, call);
      default: return undefined;
    }
  }

  #registered({ identity, seconds_left: secondsLeft }) {
    this.identity = identity;
    this.#retryMs = 500;
    this.#watchToken(secondsLeft);
    this.#setState(Device.State.Registered);
    this.#registering?.resolve();
    this.#registering = null;
  }

  #unregistered() {
    if (this.#state === Device.State.Registered) this.#setState(Device.State.Unregistered);
  }

  #watchToken(secondsLeft) {
    clearTimeout(this.#expiry);
    const inMs = Math.min(2 ** 31 - 1, Math.max(0, secondsLeft * 1000 - this.#options.tokenRefreshMs));
    this.#expiry = setTimeout(() => this.emit("tokenWillExpire", this), inMs);
  }

  #incoming(message) {
    const call = new Call(this, message);
    this.#calls.set(message.call, call);
    this.emit("incoming", call);
  }

  #failed({ code, text }, call) {
    const isAboutToken = code >= 20101 && code <= 20107;
    const error = new PhoneError(code, text, isAboutToken ? "AccessTokenError" : "GeneralError");
    if (isAboutToken) this.#wants = false;
    if (call) call.emit("error", error);
    if (call?.status() === Call.State.Connecting) call.end();
    this.emit("error", error, call);
    this.#registering?.reject(error);
    this.#registering = null;
  }

  /* The carrier hangs up a phone that it loses. A phone that wants to be one comes back by itself. */
  #lost() {
    this.#socket = null;
    clearTimeout(this.#expiry);
    this.#endCalls();
    if (this.#state === Device.State.Destroyed) return;
    this.#setState(Device.State.Unregistered);
    if (!this.#wants) return;
    this.emit("error", new PhoneError(31009, "the carrier cannot be reached", "TransportError"));
    this.#retry = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_WAIT_MS);
  }

  #endCalls() {
    for (const call of this.calls) call.end();
  }

  #setState(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.emit(state, this);
  }
}

/* Microphones and speakers: what `device.audio` offers most. */
class Sound extends Emitter {
  #voices;
  chosen = { input: true, output: "" };
  availableInputDevices = new Map();
  availableOutputDevices = new Map();
  inputDevice = null;

  constructor(voices) {
    super();
    this.#voices = voices;
    const setSpeaker = async (ids) => {
      const id = Array.isArray(ids) ? ids[0] : ids;
      this.chosen = { ...this.chosen, output: id === "default" ? "" : id };
      await Promise.all(this.#voices().map((voice) => voice.changeSpeaker(this.chosen.output)));
    };
    const get = () => new Set([this.availableOutputDevices.get(this.chosen.output || "default")].filter(Boolean));
    this.speakerDevices = { set: setSpeaker, get };
    this.ringtoneDevices = { set: async () => {}, get };
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#look());
    this.#look();
  }

  get isOutputSelectionSupported() {
    return "setSinkId" in Audio.prototype;
  }

  async setInputDevice(id) {
    this.chosen = { ...this.chosen, input: { deviceId: { exact: id } } };
    this.inputDevice = this.availableInputDevices.get(id) ?? null;
    await Promise.all(this.#voices().map((voice) => voice.changeMicrophone(this.chosen.input)));
  }

  async unsetInputDevice() {
    this.chosen = { ...this.chosen, input: true };
    this.inputDevice = null;
  }

  async #look() {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const lost = [...this.availableInputDevices.values()].filter((old) => !found.some((d) => d.deviceId === old.deviceId));
    for (const [kind, kept] of [["audioinput", this.availableInputDevices], ["audiooutput", this.availableOutputDevices]]) {
      kept.clear();
      for (const device of found) if (device.kind === kind) kept.set(device.deviceId, device);
    }
    this.emit("deviceChange", lost);
  }
}

globalThis.Twilio = { ...globalThis.Twilio, Device, Call, Emitter, TwilioError: PhoneError };
