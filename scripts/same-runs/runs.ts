/** The runs that `scripts/same-runs.ts` compares: together they use every choice that the command line offers. */

export interface Run {
  readonly name: string;
  /** The command. Default `train`. */
  readonly command?: "sweep";
  /** The flags of the command, without those that say where the results go. */
  readonly flags: string;
  /** The flags of a training run that goes first, into the folder `first`. */
  readonly first?: string;
  /** Ctrl-C is sent as soon as stdout contains this text. */
  readonly stopAt?: string;
  /** The exit code that the run must have. Default 0. */
  readonly exit?: number;
  /** A file below `CHAINRULE_DATA` without which the run is skipped. */
  readonly needs?: string;
}

const circles = "--data circles --samples 60 --epochs 3 --batch 16";
const line = "--data line --samples 60 --epochs 3 --batch 16";
const iris = "--data iris --epochs 3";
const flowers = "--data flowers.csv --drop id --epochs 3";

export const runs: readonly Run[] = [
  // each optimizer with an option of its own, over all activations and generators
  { name: "sgd", flags: `${circles} --optimizer sgd --momentum 0.3 --activation sigmoid` },
  { name: "momentum", flags: "--data moons --epochs 3 --optimizer momentum --activation tanh --seed 3" },
  { name: "nesterov", flags: "--data spirals --epochs 3 --optimizer nesterov --momentum 0.8" },
  {
    name: "momentum-ewa",
    flags: "--data blobs --epochs 3 --optimizer momentum-ewa --beta 0.8 --activation elu",
  },
  {
    name: "rmsprop",
    flags: "--data xor --epochs 3 --optimizer rmsprop --momentum 0.5 --beta 0.95 --activation softplus",
  },
  { name: "adagrad", flags: "--data ellipse --epochs 3 --optimizer adagrad --eps 1e-6 --activation gelu" },
  { name: "adam", flags: "--epochs 2" },
  {
    name: "adam-decay",
    flags: `${circles} --optimizer adam --betas 0.8,0.99 --weight-decay 0.01 --net 2-8-6-2`,
  },
  { name: "adamw", flags: `${iris} --optimizer adamw --weight-decay 0.1 --activation identity` },
  { name: "adamax", flags: "--data bump --epochs 3 --optimizer adamax --activation tanh --noise 0.2" },

  // losses, for classes and for numbers
  { name: "cross-entropy-sum", flags: `${iris} --loss cross-entropy --reduction sum` },
  { name: "mse-classes", flags: `${iris} --loss mse` },
  { name: "mse-numbers", flags: `${line} --loss mse` },
  { name: "half-mse-classes", flags: `${circles} --loss half-mse` },
  { name: "half-mse-numbers", flags: `${line} --loss half-mse --reduction sum --lr 0.001` },
  { name: "hinge", flags: `${iris} --loss hinge --margin 0.7` },
  { name: "prob-hinge", flags: `${iris} --loss prob-hinge` },
  { name: "l1", flags: `${line} --loss l1` },
  { name: "huber", flags: `${line} --loss huber` },

  // schedules, with the initialisations
  { name: "step-xavier", flags: `${circles} --schedule step:1:0.1 --init xavier` },
  { name: "exponential-kaiming", flags: `${circles} --schedule exponential:0.8 --init kaiming` },
  { name: "cosine-normal", flags: `${circles} --schedule cosine --init normal:0.3` },
  { name: "warmup-zeros", flags: `${circles} --schedule warmup:2 --init zeros` },
  { name: "one-cycle", flags: `${circles} --schedule one-cycle:0.1 --init normal:0.3 --init-bias normal` },
  {
    name: "plateau-validation",
    flags: "--data bump --epochs 12 --schedule plateau:1:0.5 --validation 0.2 --lr 0.3 --scale minmax",
  },
  { name: "plateau-training", flags: `${line} --schedule plateau:1:0.5 --lr 1 --init default` },
  {
    name: "init-from",
    flags: `${circles} --init-from first/model.safetensors`,
    first: `${circles} --seed 5`,
  },

  // batches and gradients
  { name: "clip-norm", flags: `${circles} --clip norm:0.05` },
  { name: "clip-value", flags: `${circles} --clip value:0.01` },
  { name: "full-batch", flags: `${circles} --batch full --epochs 10` },
  { name: "online", flags: `${circles} --batch 1` },
  { name: "drop-last", flags: `${circles} --batch 25 --drop-last` },
  { name: "no-shuffle", flags: `${circles} --shuffle no` },
  { name: "no-epochs", flags: `${circles} --epochs 0` },
  { name: "diverges", flags: `${line} --optimizer sgd --lr 1e30`, exit: 1 },

  // devices and types
  { name: "threads-1", flags: "--net 64-100-10 --batch 100 --epochs 1 --threads 1" },
  { name: "threads-2", flags: "--net 64-100-10 --batch 100 --epochs 1 --threads 2" },
  { name: "strict", flags: "--net 64-100-10 --batch 100 --epochs 1 --strict" },
  { name: "reference", flags: `${circles} --device reference` },
  { name: "float64", flags: `${iris} --dtype float64 --activation tanh` },
  { name: "float64-reference", flags: `${line} --dtype float64 --device reference --optimizer sgd` },

  // parts and tables
  { name: "validation", flags: "--epochs 2 --validation 300 --test last:300 --test-at epoch" },
  { name: "test-none", flags: `${iris} --test none --scale none` },
  { name: "test-file", flags: `${flowers} --test more-flowers.csv` },
  {
    name: "categories",
    flags: `${flowers} --target width --features colour,height,kind --validation last:9`,
  },
  { name: "gaps-mean", flags: "--data gaps.csv --drop id --missing mean --epochs 3 --validation 0.2" },
  { name: "gaps-drop", flags: "--data gaps.csv --drop id --missing drop --epochs 3 --task classification" },
  {
    name: "photoz",
    flags: "--data photoz --net 4-8-1 --epochs 1 --batch 200",
    needs: "tabular/photoz.csv.gz",
  },
  { name: "wine", flags: "--data wine --epochs 2", needs: "tabular/wine_data.csv" },
  {
    name: "breast-cancer",
    flags: "--data breast-cancer --epochs 2 --scale minmax",
    needs: "tabular/breast_cancer.csv",
  },
  {
    name: "mnist",
    flags: "--data mnist --net 784-30-10 --batch 500 --epochs 1 --test-at end --eval-train",
    needs: "mnist/train-images-idx3-ubyte.gz",
  },

  // how a run ends, and many runs
  { name: "stopped", flags: `${circles} --epochs 1000000`, stopAt: '"epoch":1,', exit: 130 },
  {
    name: "sweep",
    command: "sweep",
    flags: "--data circles --samples 60 --lr 0.003,0.1 --batch 10,30 --epochs 3 --seeds 1",
  },
];
