/** The files of the image data sets, their addresses, and their checksums. */

/** One IDX file of a set. */
export interface DatasetFile {
  /** The name without `.gz`. */
  readonly name: string;
  /** The unpacked size in bytes. */
  readonly bytes: number;
  /** Checksum of the unpacked bytes. */
  readonly sha256?: string;
  /** Checksum of the published packed file. */
  readonly md5OfGzip?: string;
}

export interface DatasetSource {
  readonly title: string;
  /** The set's folder within a data folder. */
  readonly folder: string;
  /** The addresses of folders that hold the packed files. */
  readonly mirrors: readonly string[];
  readonly files: {
    readonly trainImages: DatasetFile;
    readonly trainLabels: DatasetFile;
    readonly testImages: DatasetFile;
    readonly testLabels: DatasetFile;
  };
}

export type DatasetName = "mnist" | "fashion";

const names = {
  trainImages: { name: "train-images-idx3-ubyte", bytes: 16 + 60_000 * 784 },
  trainLabels: { name: "train-labels-idx1-ubyte", bytes: 8 + 60_000 },
  testImages: { name: "t10k-images-idx3-ubyte", bytes: 16 + 10_000 * 784 },
  testLabels: { name: "t10k-labels-idx1-ubyte", bytes: 8 + 10_000 },
};

export const datasetSources: Readonly<Record<DatasetName, DatasetSource>> = {
  mnist: {
    title: "MNIST",
    folder: "mnist",
    mirrors: [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    files: {
      trainImages: {
        ...names.trainImages,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      },
      trainLabels: {
        ...names.trainLabels,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      },
      testImages: {
        ...names.testImages,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      },
      testLabels: {
        ...names.testLabels,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
    },
  },
  // The MD5 sums are those of https://github.com/zalandoresearch/fashion-mnist.
  fashion: {
    title: "Fashion-MNIST",
    folder: "fashion",
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    files: {
      trainImages: { ...names.trainImages, md5OfGzip: "8d4fb7e6c68d591d4c3dfef9ec88bf0d" },
      trainLabels: { ...names.trainLabels, md5OfGzip: "25c81989df183df01b3e8a0aad5dffbe" },
      testImages: { ...names.testImages, md5OfGzip: "bef4ecab320f06d8554ea6380940ec79" },
      testLabels: { ...names.testLabels, md5OfGzip: "bb300cfdad3c16e7a12a480ee83cd310" },
    },
  },
};
