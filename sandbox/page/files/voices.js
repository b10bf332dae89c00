/* The sound of one call in this browser: a connection to each other browser on the line. Who hears whom is the
   carrier's word; it is kept at both ends, by what is sent and by what is played. */

class SandboxVoice {
  #call;
  #send;
  #sinkId;
  #links = new Map();
  #stream = null;
  #isMuted = false;
  #isClosed = false;

  /* `send` passes a message to the carrier; `audio` are constraints as for getUserMedia. */
  constructor(call, send, { audio = true, sinkId = "" } = {}) {
    this.#call = call;
    this.#send = send;
    this.#sinkId = sinkId;
    this.problem = "";
    this.ready = this.#openMicrophone(audio);
  }

  get stream() {
    return this.#stream;
  }

  get isMuted() {
    return this.#isMuted;
  }

  get received() {
    return [...this.#links.values()].map((link) => link.track).filter(Boolean);
  }

  /* Without a microphone one can still listen, and be written for. */
  async #openMicrophone(audio) {
    if (!navigator.mediaDevices) {
      this.problem = "InsecureContext";
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      if (this.#isClosed) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#stream?.getTracks().forEach((track) => track.stop());
      this.#stream = stream;
      this.problem = "";
      this.#apply();
    } catch (error) {
      this.problem = error.name;
    }
  }

  /* Use another microphone from now on. */
  async changeMicrophone(audio) {
    await this.#openMicrophone(audio);
    if (this.problem) throw new Error(this.problem);
  }

  changeSpeaker(sinkId) {
    this.#sinkId = sinkId;
    return Promise.all([...this.#links.values()].map((link) => link.sound.setSinkId?.(sinkId)));
  }

  mute(isMuted) {
    this.#isMuted = isMuted;
    this.#send({ type: "mute", call: this.#call, muted: isMuted });
    this.#apply();
  }

  /* The carrier's list of the others on the line. Who is not on it any more is let go. */
  settle(peers) {
    if (this.#isClosed) return;
    const present = new Set(peers.map((peer) => peer.id));
    for (const id of this.#links.keys()) {
      if (!present.has(id)) this.#drop(id);
    }
    for (const peer of peers) {
      const link = this.#links.get(peer.id) ?? this.#link(peer);
      link.hears = peer.hears;
      link.isHeard = peer.is_heard;
    }
    this.#apply();
  }

  /* A description or a candidate from another browser. */
  take(id, payload) {
    const link = this.#links.get(id);
    if (link) this.#inTurn(link, () => this.#answer(id, link, payload));
  }

  close() {
    this.#isClosed = true;
    for (const id of [...this.#links.keys()]) this.#drop(id);
    this.#stream?.getTracks().forEach((track) => track.stop());
  }

  #link(peer) {
    const line = new RTCPeerConnection();
    const sound = new Audio();
    sound.autoplay = true;
    if (this.#sinkId) sound.setSinkId?.(this.#sinkId).catch(() => {});
    const link = { line, sound, hears: false, isHeard: false, sender: null, track: null, turn: this.ready };
    this.#links.set(peer.id, link);
    line.onicecandidate = ({ candidate }) => {
      if (candidate) this.#signal(peer.id, { candidate });
    };
    line.ontrack = ({ track }) => {
      link.track = track;
      sound.srcObject = new MediaStream([track]);
      this.#apply();
      sound.play().catch(() => {});
    };
    line.onconnectionstatechange = () => {
      if (line.connectionState === "failed" && peer.offers) this.#inTurn(link, () => this.#offer(peer.id, link, true));
    };
    if (peer.offers) this.#inTurn(link, () => this.#offer(peer.id, link, false));
    return link;
  }

  async #offer(id, link, isAgain) {
    link.sender ??= link.line.addTransceiver("audio", { direction: "sendrecv" }).sender;
    this.#apply();
    await link.line.setLocalDescription(await link.line.createOffer({ iceRestart: isAgain }));
    this.#signal(id, { description: link.line.localDescription });
  }

  async #answer(id, link, { description, candidate }) {
    if (candidate) {
      await link.line.addIceCandidate(candidate);
      return;
    }
    await link.line.setRemoteDescription(description);
    if (description.type !== "offer") return;
    const [transceiver] = link.line.getTransceivers();
    transceiver.direction = "sendrecv";
    link.sender = transceiver.sender;
    this.#apply();
    await link.line.setLocalDescription(await link.line.createAnswer());
    this.#signal(id, { description: link.line.localDescription });
  }

  /* Steps of one connection happen one after the other; a step that fails is the connection's, not the call's. */
  #inTurn(link, step) {
    link.turn = link.turn.then(() => (link.line.signalingState === "closed" ? null : step())).catch((error) => {
      console.warn("sandbox phone: a connection did not come about:", error.message);
    });
  }

  #signal(id, payload) {
    this.#send({ type: "signal", call: this.#call, peer: id, payload });
  }

  #apply() {
    const [microphone = null] = this.#stream?.getAudioTracks() ?? [];
    if (microphone) microphone.enabled = !this.#isMuted;
    for (const link of this.#links.values()) {
      const track = link.isHeard && !this.#isMuted ? microphone : null;
      if (link.sender && link.sender.track !== track) link.sender.replaceTrack(track).catch(() => {});
      link.sound.muted = !link.hears;
      if (link.track) link.track.enabled = link.hears;
    }
  }

  #drop(id) {
    const link = this.#links.get(id);
    this.#links.delete(id);
    link.line.close();
    link.sound.srcObject = null;
  }
}

globalThis.SandboxVoice = SandboxVoice;
